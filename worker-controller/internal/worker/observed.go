package worker

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

// statusOf is the status that a machine's state stands for, given the one that the worker has.
func statusOf(state MachineState, now lifecycle.WorkerStatus) lifecycle.WorkerStatus {
	switch state {
	case MachinePending:
		if now == lifecycle.WorkerProvisioning || now == lifecycle.WorkerUnknown {
			return lifecycle.WorkerProvisioning
		}
		return lifecycle.WorkerStarting
	case MachineRunning:
		if now == lifecycle.WorkerDraining {
			return now
		}
		return lifecycle.WorkerRunning
	case MachineStopping:
		return lifecycle.WorkerStopping
	case MachineStopped:
		return lifecycle.WorkerStopped
	case MachineShuttingDown:
		return lifecycle.WorkerTerminating
	case MachineTerminated:
		return lifecycle.WorkerTerminated
	default:
		return lifecycle.WorkerUnknown
	}
}

// observed reports what EC2 shows where it is not what the status says: someone else did it, and it counts.
func (r *Reconciler) observed(ctx context.Context, w readmodel.Worker, s sighting) (reconcile.Result, error) {
	if !s.seen {
		body := details(lifecycle.WorkerTerminated, Machine{}, "EC2 no longer knows the machine")
		return r.report(ctx, w, body)
	}
	to := statusOf(s.machine.State, w.Status)
	if to == w.Status || to == lifecycle.WorkerUnknown {
		return after(r.config.EC2Poll), nil
	}
	reason := "EC2 shows the machine " + string(s.machine.State)
	if s.machine.Reason != "" {
		reason += ": " + s.machine.Reason
	}
	return r.report(ctx, w, details(to, s.machine, shorten(reason)))
}
