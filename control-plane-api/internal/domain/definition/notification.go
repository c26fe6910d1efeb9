package definition

import (
	"strings"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/secret"
)

// notificationTold is what events tell of a Notification: no secret, and of a URL no more than where it leads.
type notificationTold struct {
	Email            string `json:"email,omitempty"`
	WebhookURL       string `json:"webhook_url,omitempty"`
	Signed           bool   `json:"signed"`
	NotifyOnStart    bool   `json:"notify_on_start"`
	NotifyOnComplete bool   `json:"notify_on_complete"`
	NotifyOnError    bool   `json:"notify_on_error"`
}

func (n *Notification) told() notificationTold {
	t := notificationTold{
		Email: n.Email, Signed: len(n.SealedSecret) > 0, NotifyOnStart: n.NotifyOnStart, NotifyOnComplete: n.NotifyOnComplete,
		NotifyOnError: n.NotifyOnError,
	}
	if scheme, rest, found := strings.Cut(n.WebhookURL, "://"); found {
		if end := strings.IndexAny(rest, "/?#"); end >= 0 {
			rest = rest[:end]
		}
		t.WebhookURL = scheme + "://" + rest
	}
	return t
}

// Keep gives the Notification the webhook's secret of the one before, which may be nil. Codes: bad_webhook_secret where that has
// none, since what is meant to be signed must not go unsigned.
func (n Notification) Keep(before *Notification) (*Notification, error) {
	if before == nil || len(before.SealedSecret) == 0 {
		return nil, failure.New(failure.Invalid, "bad_webhook_secret", "There is no webhook_secret yet that %s could stand for.", secret.Mask)
	}
	n.SealedSecret = before.SealedSecret
	return &n, nil
}

// notified is the Notification that a change leaves. Codes: those of Keep.
func (d *Definition) notified(c Changes) (*Notification, error) {
	switch {
	case c.Notification == nil:
		return d.Notification, nil
	case c.KeepSecret:
		return c.Notification.Keep(d.Notification)
	default:
		return c.Notification, nil
	}
}
