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

// webhook is what decides where and how a delivery goes; sealed is the secret as it is stored. withheld says why it goes nowhere.
type webhook struct{ url, sealed, withheld string }

// errNoWebhook says that the owner is not told any more.
var errNoWebhook = errors.New("the definition names no webhook")

// webhookOf reads what a definition says now, so that a corrected URL also gets what waits. What waits for one that cannot be read is
// withheld: a release that can read it may still come.
func (n *Notify) webhookOf(ctx context.Context, id string) (webhook, error) {
	d, err := n.config.Lookup.Definition(ctx, id)
	if failure.Is(err, failure.NotFound) {
		return webhook{}, errNoWebhook
	}
	if failure.Is(err, failure.Internal) {
		n.config.Log.Warn("owner not told: the definition cannot be read", "definition", id, "error", err)
		return webhook{withheld: delivery.CodeDefinitionUnreadable}, nil
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
	key, withheld := n.keyOf(w)
	return delivery.New(delivery.Config{
		Sink: sink, Target: id, IDPrefix: "notifications/", Source: n.config.Source, Prefix: n.config.Prefix, Mode: delivery.Structured,
		Secret: key, Withheld: withheld, Tries: n.config.Tries, Delay: n.config.Delay, GiveUp: giveUp, Turn: turn, Timeout: timeout, Stats: n.Stats,
		Client: n.config.Client, Now: n.config.Now,
	}, n.engine, n.queue.of(id), n.config.Log.With("definition", id)), nil
}

// keyOf opens the key that deliveries to a webhook are signed with. One that does not open under the configured key withholds them:
// unsigned nothing is sent that should be signed.
func (n *Notify) keyOf(w webhook) (key secret.String, withheld string) {
	if w.withheld != "" || w.sealed == "" {
		return secret.String{}, w.withheld
	}
	if n.config.Open == nil {
		return secret.String{}, delivery.CodeSecretUnreadable
	}
	key, err := n.config.Open([]byte(w.sealed))
	if err != nil {
		return secret.String{}, delivery.CodeSecretUnreadable
	}
	return key, ""
}

// Resend sends a dead letter of a definition's owner again, once and now. status is the webhook's answer, 0 without one. A webhook
// whose secret does not open, or whose definition cannot be read, is not asked, so it does not answer.
func (n *Notify) Resend(ctx context.Context, letter delivery.DeadLetter) (outcome delivery.Resent, status int, err error) {
	var d *delivery.Delivery
	w, err := n.webhookOf(ctx, letter.Target)
	if err == nil {
		d, err = n.deliveryTo(letter.Target, w)
	}
	switch {
	case errors.Is(err, errNoWebhook):
		return delivery.ResentNoWebhook, 0, nil
	case err != nil:
		return "", 0, err
	}
	return d.Resend(ctx, letter.ID)
}
