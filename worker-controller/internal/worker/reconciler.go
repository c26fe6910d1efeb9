// Package worker is the reconciler of machines that run CML: it launches, watches, licenses, stops and ends them. One file
// holds one step. A step makes at most one change outside, stores the intent before it and the result after it, and ends;
// the next run looks at everything afresh. So a process may die anywhere: the next one goes on where it stopped.
package worker

import (
	"context"
	"log/slog"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

// Config is how fast the reconciler looks and how long it waits.
type Config struct {
	// EC2Poll is between two looks at a machine that is changing; CMLPoll at a CML that is booting or registering.
	EC2Poll time.Duration
	CMLPoll time.Duration
	// CMLCheck is between two looks at a CML that is ready.
	CMLCheck time.Duration
	// BootTimeout bounds the boot of a machine, and then that of its first CML.
	BootTimeout time.Duration
	// LicenseTimeout bounds one registration; ReturnTimeout bounds the wait for a licence that is to be given back before
	// the machine is ended without.
	LicenseTimeout time.Duration
	ReturnTimeout  time.Duration
	// UsePrivateIP reaches CML at the machine's private address.
	UsePrivateIP bool
}

// Deps is what the reconciler works with.
type Deps struct {
	Models  Models
	API     API
	EC2     EC2
	Connect Connect
	// Regions says where machines of a region are put; none can be launched in a region that is not in it.
	Regions map[string]Region
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	Log *slog.Logger
}

// Reconciler brings one worker after another closer to what is wanted. Keys are worker ids. It is safe for many keys at
// once; one key is worked by one caller at a time.
type Reconciler struct {
	config   Config
	models   Models
	api      API
	ec2      EC2
	connect  Connect
	regions  map[string]Region
	now      func() time.Time
	log      *slog.Logger
	memories memories
}

// New makes a reconciler.
func New(config Config, deps Deps) *Reconciler {
	if deps.Now == nil {
		deps.Now = time.Now
	}
	if deps.Log == nil {
		deps.Log = slog.New(slog.DiscardHandler)
	}
	return &Reconciler{
		config: config, models: deps.Models, api: deps.API, ec2: deps.EC2, connect: deps.Connect, regions: deps.Regions,
		now: deps.Now, log: deps.Log, memories: memories{byID: map[string]*memory{}},
	}
}

// Reconcile implements reconcile.Reconciler.
func (r *Reconciler) Reconcile(ctx context.Context, id string) (reconcile.Result, error) {
	view, ready, wait, err := r.models.Open(ctx, id, id)
	if err != nil || !ready {
		return wait, err
	}
	if !view.Found || settled(view.Model) {
		r.memories.forget(id)
		return reconcile.Result{}, nil
	}
	return r.step(ctx, view.Model)
}

// settled reports that nothing is left to do for a worker, whatever EC2 shows.
func settled(w readmodel.Worker) bool {
	return w.Status == lifecycle.WorkerTerminated && len(w.Finalizers) == 0
}

// again asks for another run at once. The gate holds it back until the cache shows what this run has written.
func again() reconcile.Result { return reconcile.Result{After: time.Millisecond} }

func after(d time.Duration) reconcile.Result {
	return reconcile.Result{After: max(d, time.Millisecond)}
}

// step chooses by status; each of these compares what is, what is wanted and what EC2 shows.
func (r *Reconciler) step(ctx context.Context, w readmodel.Worker) (reconcile.Result, error) {
	if w.Status == lifecycle.WorkerPending {
		return r.pending(ctx, w)
	}
	s, err := r.find(ctx, w)
	if err != nil {
		return r.blocked(ctx, w, ConditionEC2, err)
	}
	if c, told := readmodel.FindCondition(w.Conditions, ConditionEC2); told && c.Status != readmodel.ConditionTrue {
		return r.told(ctx, w, readmodel.Condition{Type: ConditionEC2, Status: readmodel.ConditionTrue, Reason: "observed", Message: "EC2 answers."}, 0)
	}
	if len(s.strays) > 0 {
		return r.endStrays(ctx, w, s.strays)
	}
	switch w.Status {
	case lifecycle.WorkerProvisioning:
		return r.provisioning(ctx, w, s)
	case lifecycle.WorkerStarting:
		return r.starting(ctx, w, s)
	case lifecycle.WorkerRunning, lifecycle.WorkerDraining:
		return r.running(ctx, w, s)
	case lifecycle.WorkerStopping:
		return r.stopping(ctx, w, s)
	case lifecycle.WorkerStopped:
		return r.stopped(ctx, w, s)
	case lifecycle.WorkerTerminating, lifecycle.WorkerTerminated, lifecycle.WorkerFailed:
		return r.cleanUp(ctx, w, s)
	default:
		return r.unknown(ctx, w, s)
	}
}

// unknown takes what EC2 shows for the status, whatever it is.
func (r *Reconciler) unknown(ctx context.Context, w readmodel.Worker, s sighting) (reconcile.Result, error) {
	if !s.seen && !s.gone {
		return after(r.config.EC2Poll), nil
	}
	return r.observed(ctx, w, s)
}
