package command_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/apptest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/egress"
)

// FuzzDefinitionBody makes a definition of any body that is one: it is made whole, or refused for a reason that its author
// can put right. Nothing is ever the service's own fault.
func FuzzDefinitionBody(f *testing.F) {
	for _, body := range []api.CreateDefinitionBody{
		ofTopology("one"), ofForm("1.0.0"),
		{Name: "uri", Version: "1.0.0", LabArtifactURI: "s3://labs/one.zip", LabYAMLHash: "ab"},
		{Name: "told", Version: "1.0.0", TopologyYAML: lab("r1"), OwnerNotification: &api.Notification{WebhookURL: hookURL, WebhookSecret: hookSecret}},
	} {
		text, err := json.Marshal(body)
		require.NoError(f, err)
		f.Add(text)
	}
	for _, seed := range []string{
		`{}`, `{"name":"x","version":"1","topology_yaml":"a: &a [*a]"}`, `{"name":"x","version":"v1","topology_yaml":"lab: {}","node_count":-1}`,
		`{"name":"x","version":"1.0.0","form_qualified_name":"a b c d e f","cpu_cores":999999999999}`, `{"license_affinity":["none"]}`, `{"owner_notification":{"webhook_url":"https://[::1]"}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var body api.CreateDefinitionBody
		if json.Unmarshal(text, &body) != nil {
			return
		}
		l := newLibrary(t)
		l.Notifying(egress.Rules{}, apptest.Sealer{})
		d, _, err := l.Create(author(), body)
		if err != nil {
			require.NotEmpty(t, failure.CodeOf(err))
			require.Contains(t, []failure.Kind{failure.Invalid, failure.Conflict, failure.TooLarge, failure.Malformed}, failure.KindOf(err), "%v", err)
			return
		}
		stored := l.get(d.ID)
		require.Equal(t, body.Name, stored.Name)
		require.True(t, stored.NodeCount >= 1 || stored.Source.Remote(), "a lab has nodes once it is known")
		if n := stored.Notification; n != nil && n.WebhookURL != "" {
			require.NoError(t, egress.Rules{}.Check(n.WebhookURL))
		}
	})
}
