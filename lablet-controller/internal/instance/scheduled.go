package instance

import (
	"context"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

// scheduled begins instantiation when the start minus the lead has come, and sleeps exactly until then.
func (w *work) scheduled(ctx context.Context) (reconcile.Result, error) {
	if start := w.instance.TimeslotStart; start != nil {
		due := start.Add(-time.Duration(w.instance.LeadSeconds * float64(time.Second)))
		if wait := due.Sub(w.now); wait > 0 {
			return reconcile.Result{After: wait}, nil
		}
	}
	_, err := w.API.StartInstantiation(ctx, api.StartInstantiation{
		ID: w.instance.ID, Body: api.GenerationBody{Generation: w.instance.Generation},
	})
	if failure.CodeOf(err) == "too_early" {
		return reconcile.Result{After: lookAgain}, nil // our clock is ahead of the API's
	}
	return settled(err)
}
