package command

import (
	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/definition"
)

// shortestSecret is the least length of a webhook's secret in bytes, as Standard Webhooks asks for.
const shortestSecret = 24

// notificationOf reads whom to tell. keep says that the secret that there is stays: answers show a mask in its place, and
// who sends it back means that. Codes: bad_webhook_url, bad_webhook_secret, no_secret_key.
func (c *Definitions) notificationOf(n *api.Notification) (told *definition.Notification, keep bool, err error) {
	if n == nil {
		return nil, false, nil
	}
	told = &definition.Notification{
		Email: n.Email, WebhookURL: n.WebhookURL, NotifyOnStart: value(n.NotifyOnStart, true),
		NotifyOnComplete: value(n.NotifyOnComplete, true), NotifyOnError: value(n.NotifyOnError, true),
	}
	if n.WebhookURL != "" {
		if c.webhooks == nil {
			return nil, false, failure.New(failure.Invalid, "bad_webhook_url", "No webhook can be called from here.")
		}
		if err := c.webhooks.Check(n.WebhookURL); err != nil {
			return nil, false, err
		}
	}
	switch {
	case n.WebhookSecret == "":
	case n.WebhookURL == "":
		return nil, false, failure.New(failure.Invalid, "bad_webhook_secret", "A webhook_secret needs a webhook_url.")
	case n.WebhookSecret == secret.Mask:
		return told, true, nil
	case len(n.WebhookSecret) < shortestSecret:
		return nil, false, failure.New(failure.Invalid, "bad_webhook_secret", "A webhook_secret has at least %d characters.", shortestSecret)
	default:
		told.SealedSecret, err = c.seal(secret.New(n.WebhookSecret))
	}
	return told, false, err
}

func (c *Definitions) seal(plain secret.String) ([]byte, error) {
	if c.sealer == nil {
		return nil, failure.New(failure.Conflict, "no_secret_key", "No key is configured to seal the webhook's secret with.")
	}
	sealed, err := c.sealer.Seal(plain)
	if err != nil {
		return nil, failure.Wrap(err, failure.Internal, "secret_unsealable", "The webhook's secret cannot be sealed.")
	}
	return sealed, nil
}
