package definition

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

func TestEveryVerbInEveryStatus(t *testing.T) {
	act := parts.Act{By: "bob", Reason: "why", At: later}
	for name, verb := range map[string]struct {
		to    lifecycle.DefinitionStatus
		event string
		call  func(*Definition) error
		data  map[string]any
	}{
		"activate": {lifecycle.DefinitionActive, EventActivated, func(d *Definition) error { return d.Activate(act) }, map[string]any{
			"aggregate_id": "d1", "activated_by": "bob", "activated_at": "2026-03-02T13:00:00Z",
		}},
		"deactivate": {lifecycle.DefinitionInactive, EventDeactivated, func(d *Definition) error { return d.Deactivate(act) }, map[string]any{
			"aggregate_id": "d1", "deactivated_by": "bob", "deactivated_at": "2026-03-02T13:00:00Z", "reason": "why",
		}},
		"deprecate": {lifecycle.DefinitionDeprecated, EventDeprecated, func(d *Definition) error { return d.Deprecate("2.0.0", act) }, map[string]any{
			"aggregate_id": "d1", "name": "ccna", "version": "1.0.0", "deprecated_by": "bob", "deprecated_at": "2026-03-02T13:00:00Z",
			"deprecation_reason": "why", "replacement_version": "2.0.0",
		}},
		"archive": {lifecycle.DefinitionArchived, EventArchived, func(d *Definition) error { return d.Archive(act) }, map[string]any{
			"aggregate_id": "d1", "archived_by": "bob", "archived_at": "2026-03-02T13:00:00Z",
		}},
		"delete": {lifecycle.DefinitionDeleted, EventDeleted, func(d *Definition) error { return d.Delete(act) }, map[string]any{
			"aggregate_id": "d1", "deleted_by": "bob", "deleted_at": "2026-03-02T13:00:00Z",
		}},
	} {
		for _, from := range lifecycle.Definitions().Statuses() {
			d := inStatus(t, from)
			err := verb.call(d)
			_, changed, raises := d.Changes()
			switch {
			case from == verb.to:
				require.NoError(t, err, "%s %s", name, from)
				require.False(t, changed)
			case name == "activate" && from == lifecycle.DefinitionPendingSync:
				refused(t, err, failure.Conflict, "definition_not_synced")
			case lifecycle.Definitions().Allows(from, verb.to):
				require.NoError(t, err, "%s %s", name, from)
				require.True(t, raises)
				require.Equal(t, verb.to, d.Status)
				require.Equal(t, verb.data, payload(t, d, verb.event))
			default:
				refused(t, err, failure.Conflict, "invalid_transition")
				require.False(t, changed)
				require.Equal(t, from, d.Status)
			}
		}
	}
}
