package definition

import "strings"

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

// notified is the Notification that a change leaves: a secret that is to be kept is carried over.
func (d *Definition) notified(c Changes) *Notification {
	if c.Notification == nil {
		return d.Notification
	}
	next := *c.Notification
	if c.KeepSecret && d.Notification != nil {
		next.SealedSecret = d.Notification.SealedSecret
	}
	return &next
}
