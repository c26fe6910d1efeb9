package command_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/apptest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/egress"
)

const (
	hookURL    = "https://hooks.example.com/services/token-of-the-owner"
	hookSecret = "0123456789abcdef01234567"
)

// S7: where users give URLs, bad ones are refused, on create as on every change.
func TestS7DefinitionsNameNoInnerWebhook(t *testing.T) {
	l := newLibrary(t)
	l.Notifying(egress.Rules{}, apptest.Sealer{})
	d := l.make(ofTopology("one"))
	for _, c := range []struct {
		reason, code string
		given        api.Notification
	}{
		{"metadata", "bad_webhook_url", api.Notification{WebhookURL: "https://169.254.169.254/latest"}},
		{"not encrypted", "bad_webhook_url", api.Notification{WebhookURL: "http://hooks.example.com/"}},
		{"loopback in hex", "bad_webhook_url", api.Notification{WebhookURL: "https://0x7f000001/"}},
		{"a short secret", "bad_webhook_secret", api.Notification{WebhookURL: hookURL, WebhookSecret: "short"}},
		{"a secret for nothing", "bad_webhook_secret", api.Notification{WebhookSecret: hookSecret}},
	} {
		body := ofTopology("two")
		body.OwnerNotification = &c.given
		_, _, err := l.Create(author(), body)
		require.Equal(t, c.code, failure.CodeOf(err), c.reason)
		require.Equal(t, failure.Invalid, failure.KindOf(err), c.reason)
		revise := api.ReviseDefinition{ID: d.ID, Body: api.ReviseDefinitionBody{OwnerNotification: &c.given}}
		_, _, err = l.Update(author(), revise)
		require.Equal(t, c.code, failure.CodeOf(err), c.reason)
		_, _, err = l.CreateVersion(author(), revise)
		require.Equal(t, c.code, failure.CodeOf(err), c.reason)
	}
	require.Nil(t, l.get(d.ID).Notification)
}

func TestAWebhooksSecretIsSealedAndKept(t *testing.T) {
	l := newLibrary(t)
	l.Notifying(egress.Rules{}, apptest.Sealer{})
	body := ofTopology("one")
	body.OwnerNotification = &api.Notification{WebhookURL: hookURL, WebhookSecret: hookSecret}
	d := l.make(body)
	sealed := "sealed:" + hookSecret
	require.Equal(t, sealed, string(l.get(d.ID).Notification.SealedSecret))

	change := func(n api.Notification) {
		t.Helper()
		_, _, err := l.Update(author(), api.ReviseDefinition{ID: d.ID, Body: api.ReviseDefinitionBody{OwnerNotification: &n}})
		require.NoError(t, err)
	}
	off := false
	change(api.Notification{WebhookURL: hookURL + "2", WebhookSecret: "***", NotifyOnStart: &off})
	require.Equal(t, sealed, string(l.get(d.ID).Notification.SealedSecret), "who sends back what was shown keeps it")
	require.False(t, l.get(d.ID).Notification.NotifyOnStart)
	next, _, err := l.CreateVersion(author(), api.ReviseDefinition{ID: d.ID, Body: api.ReviseDefinitionBody{
		Version: "2.0.0", OwnerNotification: &api.Notification{WebhookURL: hookURL, WebhookSecret: "***"},
	}})
	require.NoError(t, err)
	require.Equal(t, sealed, string(next.Notification.SealedSecret), "a new version, too")
	change(api.Notification{WebhookURL: hookURL})
	require.Empty(t, l.get(d.ID).Notification.SealedSecret, "left out it is taken away")

	masked := api.ReviseDefinition{ID: d.ID, Body: api.ReviseDefinitionBody{
		OwnerNotification: &api.Notification{WebhookURL: hookURL, WebhookSecret: "***"},
	}}
	_, _, err = l.Update(author(), masked)
	require.Equal(t, "bad_webhook_secret", failure.CodeOf(err), "a mask stands for no secret that is gone")
	masked.Body.Version = "3.0.0"
	_, _, err = l.CreateVersion(author(), masked)
	require.Equal(t, "bad_webhook_secret", failure.CodeOf(err), "nor in a new version")

	stored, err := l.engine.Get(t.Context(), "lablet_definitions", d.ID)
	require.NoError(t, err)
	for _, raw := range stored.Changes {
		require.NotContains(t, string(raw), hookSecret, "neither events nor the audit log hold the secret")
		require.NotContains(t, string(raw), "token-of-the-owner", "nor the path of the URL, which may be one")
	}
	require.Contains(t, string(stored.Changes[len(stored.Changes)-1]), `"webhook_url":"https://hooks.example.com"`, "the event tells where it leads")

	copied := ofTopology("copied")
	copied.OwnerNotification = &api.Notification{WebhookURL: hookURL, WebhookSecret: "***"}
	_, _, err = l.Create(author(), copied)
	require.Equal(t, "bad_webhook_secret", failure.CodeOf(err), "a new one has none to keep, and must not go unsigned")

	l.Notifying(egress.Rules{}, nil)
	_, _, err = l.Create(author(), func() api.CreateDefinitionBody { b := body; b.Name = "other"; return b }())
	require.Equal(t, "no_secret_key", failure.CodeOf(err))
}
