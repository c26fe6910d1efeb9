package worker

import (
	"context"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

// initiator is who the API notes for a licence operation.
const initiator = "worker-controller"

// license carries out the operation that is pending on a worker's licence; seen is CML's licence state, nil where it could
// not be read.
func (r *Reconciler) license(ctx context.Context, w readmodel.Worker, client CML, seen *License) (reconcile.Result, error) {
	if w.License.PendingOperation == "" {
		r.memories.of(w.ID).registration = registration{}
		return after(r.config.CMLCheck), nil
	}
	if seen == nil {
		return after(slowPoll(r.config.CMLPoll)), nil
	}
	if wait := r.untilLicenseTry(w); wait > 0 {
		// CML is looked at as often as without a pending operation.
		return after(min(wait, r.config.CMLCheck)), nil
	}
	if w.License.PendingOperation == lifecycle.LicenseRegister {
		return r.register(ctx, w, client, *seen)
	}
	return r.deregister(ctx, w, client, *seen)
}

// untilLicenseTry is how long the API wants the next try of the operation to wait.
func (r *Reconciler) untilLicenseTry(w readmodel.Worker) time.Duration {
	if w.License.NextTry == nil {
		return 0
	}
	return max(0, w.License.NextTry.Sub(r.now()))
}

func step(w readmodel.Worker, body api.LicenseStepBody) api.LicenseStep {
	body.InitiatedBy = initiator
	body.Message, body.ErrorMessage = clip(body.Message), clip(body.ErrorMessage)
	return api.LicenseStep{ID: w.ID, Body: body}
}
