package worker

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

// running keeps what is known of a running machine true, and turns to its CML. A draining worker is stopped like any other
// that is wanted stopped: by an intent that the API refuses while a lab of an instance is on it.
func (r *Reconciler) running(ctx context.Context, w readmodel.Worker, s sighting) (reconcile.Result, error) {
	switch {
	case !s.seen && !s.gone:
		return after(r.config.EC2Poll), nil
	case s.gone || s.machine.State != MachineRunning:
		return r.observed(ctx, w, s)
	case w.DesiredStatus == lifecycle.WorkerTerminated:
		return r.end(ctx, w, s)
	case w.DesiredStatus == lifecycle.WorkerStopped:
		return r.intendOffline(ctx, w, lifecycle.WorkerStopping, ConditionPower, "wanted stopped")
	case moved(w, s.machine):
		return r.report(ctx, w, details(w.Status, s.machine, "EC2 shows another address"))
	default:
		return r.serve(ctx, w, s.machine)
	}
}

// moved reports that a machine has another address than the worker shows.
func moved(w readmodel.Worker, m Machine) bool {
	return (m.PublicIP != "" && m.PublicIP != w.PublicIP) || (m.PrivateIP != "" && m.PrivateIP != w.PrivateIP)
}
