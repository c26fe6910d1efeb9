package template

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// TestEveryVerbInEveryState walks a template's verbs through its three states.
func TestEveryVerbInEveryState(t *testing.T) {
	states := map[string]func(*Template){
		"enabled": func(*Template) {}, "disabled": func(d *Template) { d.Enabled = false },
		"deleted": func(d *Template) { d.Enabled, d.Deleted = false, true },
	}
	verbs := map[string]func(*Template) error{
		"update":  func(d *Template) error { return d.Update(Patch{Description: of("another")}, act) },
		"enable":  func(d *Template) error { return d.SetEnabled(true, act) },
		"disable": func(d *Template) error { return d.SetEnabled(false, act) },
		"delete": func(d *Template) error {
			d.Delete(act)
			return nil
		},
	}
	raised := map[string]map[string]string{
		"enabled":  {"update": EventUpdated, "disable": EventDisabled, "delete": EventDeleted},
		"disabled": {"update": EventUpdated, "enable": EventEnabled, "delete": EventDeleted},
		"deleted":  {},
	}
	for state, into := range states {
		for name, verb := range verbs {
			t.Run(name+" while "+state, func(t *testing.T) {
				template := kept(t)
				into(template)
				err := verb(template)
				events, _ := told(template)
				switch event, moves := raised[state][name]; {
				case moves:
					require.NoError(t, err)
					require.Equal(t, []string{event}, events)
				case state == "deleted" && name != "delete":
					require.Equal(t, "template_not_found", failure.CodeOf(err))
					require.Empty(t, events)
				default:
					require.NoError(t, err, "the effect is there")
					require.Empty(t, events)
				}
			})
		}
	}
}
