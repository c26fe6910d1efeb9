// Package instance is the reconciler of booked labs: it brings one instance after another through its life, in CML, in the
// Lab Delivery System and in the grading engine, and leaves nothing behind.
//
// Each step looks at the outside first, acts, then records; all of it can be repeated. Before something is made outside, an
// intent is stored as a finalizer, which falls only when the thing is seen gone.
package instance

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

// Timing is how often the outside is looked at and how long its phases may take. All must be positive.
type Timing struct {
	// LabPoll is the pause between looks at a lab that starts or stops, SessionPoll at a session that waits or runs,
	// GradingPoll at grading.
	LabPoll, SessionPoll, GradingPoll time.Duration
	// LabStart is how long a lab may take to come up before it is imported again.
	LabStart time.Duration
	// Collection and Grading bound their phases.
	Collection, Grading time.Duration
	// Grace is how long after a slot's end LDS may fail to answer before the slot's end is acted on without it.
	Grace time.Duration
	// IntentSettle is how old an intent without a result must be before its thing may count as never made: so long an
	// outside call of an earlier leader may still be on its way.
	IntentSettle time.Duration
}

// Deps is what the reconciler works with.
type Deps struct {
	Instances   Source[readmodel.Instance]
	Workers     Source[readmodel.Worker]
	Definitions Source[readmodel.Definition]

	API Control
	CML Workers
	// LDS is never nil; without deployments it serves no region.
	LDS Delivery
	// Grader and Evidence are nil where they are not configured.
	Grader   Grader
	Evidence Evidence

	Timing Timing
	// Protocols ranks the services of ports, the best first, where a device has several.
	Protocols []string
	Now       func() time.Time
	Log       *slog.Logger
}

// Reconciler works on one instance at a time by its id. It is safe for concurrent use on different ids.
type Reconciler struct {
	Deps
	topologies *topologies
}

// New makes the reconciler.
func New(deps Deps) *Reconciler {
	return &Reconciler{Deps: deps, topologies: newTopologies(deps.API)}
}

// Reconcile implements reconcile.Reconciler.
func (r *Reconciler) Reconcile(ctx context.Context, id string) (reconcile.Result, error) {
	view, ready, wait, err := r.Instances.Open(ctx, id, id)
	if err != nil || !ready {
		return wait, err
	}
	if !view.Found {
		return reconcile.Result{}, nil
	}
	w := &work{Reconciler: r, instance: view.Model, now: r.Now()}
	if ready, wait, err = w.open(ctx); err != nil || !ready {
		return wait, err
	}
	cleaned := w.cleanUp(ctx)
	result, err := w.step(ctx)
	return cleaned.join(result, err)
}

// work is one run on one instance.
type work struct {
	*Reconciler
	instance   readmodel.Instance
	worker     readmodel.Worker
	hasWorker  bool
	definition readmodel.Definition
	now        time.Time
	// left counts the finalizers that cleaning up could not drop.
	left int
}

// open reads the worker and the definition of the present attempt.
func (w *work) open(ctx context.Context) (ready bool, wait reconcile.Result, err error) {
	if w.instance.WorkerID != "" {
		view, ready, wait, err := w.Workers.Open(ctx, w.instance.WorkerID, w.instance.ID)
		if err != nil || !ready {
			return false, wait, err
		}
		w.worker, w.hasWorker = view.Model, view.Found
	}
	view, ready, wait, err := w.Definitions.Open(ctx, w.instance.DefinitionID, w.instance.ID)
	if err != nil || !ready {
		return false, wait, err
	}
	if !view.Found && w.instance.Status.Session() {
		return false, wait, failure.New(failure.Unavailable, "definition_unknown", "The lab's definition is not known here yet.")
	}
	w.definition = view.Model
	return true, reconcile.Result{}, nil
}

// step does what the status calls for.
func (w *work) step(ctx context.Context) (reconcile.Result, error) {
	switch w.instance.Status {
	case lifecycle.InstancePending:
		return reconcile.Result{}, nil // the scheduler's turn
	case lifecycle.InstanceScheduled:
		return w.scheduled(ctx)
	case lifecycle.InstanceInstantiating:
		return w.instantiating(ctx)
	case lifecycle.InstanceReady:
		return w.ready(ctx)
	case lifecycle.InstanceRunning:
		return w.running(ctx)
	case lifecycle.InstanceCollecting:
		return w.collecting(ctx)
	case lifecycle.InstanceGrading:
		return w.grading(ctx)
	case lifecycle.InstanceStopping:
		return w.stopping(ctx)
	case lifecycle.InstanceStopped:
		return w.stopped(ctx)
	case lifecycle.InstanceArchived, lifecycle.InstanceTerminated:
		return reconcile.Result{}, nil // cleaning up is all that is left
	default:
		return reconcile.Result{}, reconcile.Terminal(fmt.Errorf("instance %s has the unknown status %q", w.instance.ID, w.instance.Status))
	}
}

// name is what things made outside for an attempt are called there.
func name(id string, attempt int) string { return fmt.Sprintf("%s-%d", id, attempt) }
