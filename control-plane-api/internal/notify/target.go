package notify

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/delivery"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/definition"
)

// target is a definition whose owner is told, with what is remembered between two calls of its webhook.
type target struct {
	busy bool
	// next is when the webhook is called again, wait the pause after the next failure.
	next time.Time
	wait time.Duration

	// webhook is what the delivery was made for.
	webhook  webhook
	delivery *delivery.Delivery
}

// webhook is what decides where and how a delivery goes; sealed is the secret as it is stored.
type webhook struct{ url, sealed string }

// errNoWebhook says that the owner is not told any more.
var errNoWebhook = errors.New("the definition names no webhook")

// errUnsealed says that the secret does not open: unsigned nothing is sent.
var errUnsealed = errors.New("the webhook's secret does not open under the configured key")

// webhookOf reads what a definition says now, so that a corrected URL also gets what waits.
func (n *Notify) webhookOf(ctx context.Context, id string) (webhook, error) {
	d, err := n.config.Lookup.Definition(ctx, id)
	if failure.Is(err, failure.NotFound) {
		return webhook{}, errNoWebhook
	}
	if err != nil {
		return webhook{}, err
	}
	return asked(d.Notification)
}

func asked(n *definition.Notification) (webhook, error) {
	if n == nil || n.WebhookURL == "" {
		return webhook{}, errNoWebhook
	}
	return webhook{url: n.WebhookURL, sealed: string(n.SealedSecret)}, nil
}

// deliveryTo makes the delivery to a webhook.
func (n *Notify) deliveryTo(id string, w webhook) (*delivery.Delivery, error) {
	sink, err := url.Parse(w.url)
	if err != nil {
		return nil, errNoWebhook
	}
	var key secret.String
	if w.sealed != "" {
		if n.config.Open == nil {
			return nil, errUnsealed
		}
		if key, err = n.config.Open([]byte(w.sealed)); err != nil {
			return nil, errUnsealed
		}
	}
	return delivery.New(delivery.Config{
		Sink: sink, Target: id, IDPrefix: "notifications/", Source: n.config.Source, Prefix: n.config.Prefix, Mode: delivery.Structured,
		Secret: key, Tries: n.config.Tries, Delay: n.config.Delay, GiveUp: giveUp, Turn: turn, Timeout: timeout, Stats: n.Stats,
		Client: n.config.Client, Now: n.config.Now,
	}, n.engine, n.queue.of(id), n.config.Log.With("definition", id)), nil
}

// Resend sends a dead letter of a definition's owner again, once and now. status is the webhook's answer, 0 without one. A webhook
// whose secret does not open is not asked, so it does not answer.
func (n *Notify) Resend(ctx context.Context, letter delivery.DeadLetter) (outcome delivery.Resent, status int, err error) {
	var d *delivery.Delivery
	w, err := n.webhookOf(ctx, letter.Target)
	if err == nil {
		d, err = n.deliveryTo(letter.Target, w)
	}
	switch {
	case errors.Is(err, errNoWebhook):
		return delivery.ResentNoWebhook, 0, nil
	case errors.Is(err, errUnsealed):
		return delivery.ResentNoAnswer, 0, nil
	case err != nil:
		return "", 0, err
	}
	return d.Resend(ctx, letter.ID)
}
