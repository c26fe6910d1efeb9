package instance

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// showing always shows one model of an instance.
func showing(i readmodel.Instance) source[readmodel.Instance] {
	return source[readmodel.Instance]{func(string) (readmodel.Instance, bool) { return i, true }}
}

// staleTerm is an API that has named another leader.
type staleTerm struct{ Control }

func (staleTerm) StartInstantiation(context.Context, api.StartInstantiation) (api.Ack, error) {
	return api.Ack{}, failure.New(failure.StaleTerm, "stale_term", "a newer term was issued")
}

// at makes a world whose instance has come to a status by itself.
func (w *world) at(status lifecycle.InstanceStatus) *world {
	w.t.Helper()
	w.untilStatus(status)
	w.calls = nil
	return w
}

// withoutLDS makes the definition one that has no form.
func (w *world) withoutLDS() *world {
	w.definition.FormQualifiedName = ""
	return w
}

func (w *world) step(name string) readmodel.Step {
	s, _ := readmodel.FindStep(w.instance.Steps, name, w.instance.Attempt)
	return s
}
