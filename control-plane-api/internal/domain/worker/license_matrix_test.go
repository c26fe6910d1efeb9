package worker

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
)

// TestEveryLicenseStepInEveryState walks the steps of both operations through each state that an operation may be in.
func TestEveryLicenseStepInEveryState(t *testing.T) {
	const register, deregister = lifecycle.LicenseRegister, lifecycle.LicenseDeregister
	type state struct {
		pending lifecycle.LicenseOperation
		begun   bool
	}
	states := []state{{"", false}, {register, false}, {register, true}, {deregister, false}, {deregister, true}}
	steps := map[string]func(*Worker, lifecycle.LicenseOperation) error{
		"start": func(w *Worker, op lifecycle.LicenseOperation) error { return w.StartLicense(op, at(9)) },
		"complete": func(w *Worker, op lifecycle.LicenseOperation) error {
			return w.CompleteLicense(op, Completion{}, at(9))
		},
		"fail":    func(w *Worker, op lifecycle.LicenseOperation) error { return w.FailLicense(op, "no", "c", at(9)) },
		"cancel":  func(w *Worker, op lifecycle.LicenseOperation) error { return w.CancelLicense(op, at(9)) },
		"request": func(w *Worker, op lifecycle.LicenseOperation) error { return w.RequestLicense(op, nil, true, at(9)) },
	}
	for _, s := range states {
		for name, step := range steps {
			for _, op := range []lifecycle.LicenseOperation{register, deregister} {
				t.Run(fmt.Sprintf("%s %s while %q, begun %v", name, op, s.pending, s.begun), func(t *testing.T) {
					w := ready(t)
					// Expired, so that no completed operation has had its effect before.
					w.License.PendingOperation, w.License.InProgress, w.License.Status = s.pending, s.begun, lifecycle.LicenseExpired
					w = fresh(w)
					err := step(w, op)
					_, changed, _ := w.Changes()
					switch {
					case name == "request" && s.pending == "":
						require.NoError(t, err)
						require.Equal(t, op, w.License.PendingOperation)
					case name == "request":
						require.Equal(t, "license_busy", failure.CodeOf(err))
						require.False(t, changed)
					case s.pending != op:
						require.Equal(t, "no_pending_operation", failure.CodeOf(err))
						require.False(t, changed, "what is refused changes nothing")
					case name == "cancel" && s.begun:
						require.Equal(t, "license_busy", failure.CodeOf(err))
						require.False(t, changed)
					case name == "start" && s.begun:
						require.NoError(t, err, "the effect is there")
						require.False(t, changed)
					default:
						require.NoError(t, err)
						require.True(t, changed)
						require.Equal(t, name == "start", w.License.InProgress)
						require.Equal(t, name == "complete" || name == "cancel", w.License.PendingOperation == "")
					}
				})
			}
		}
	}
}
