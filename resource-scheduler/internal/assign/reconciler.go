// Package assign is the one reconciler of resource-scheduler: it places all that wait, asks for workers for what finds none,
// and tells everyone who waits why.
package assign

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"

	"github.com/lablet-cloud-manager/lcm/resource-scheduler/internal/placement"
	"github.com/lablet-cloud-manager/lcm/resource-scheduler/internal/scaling"
)

// Key is the only key: the queue of waiting instances is one thing.
const Key = "queue"

// Commands is what the reconciler asks the API to do.
type Commands interface {
	Schedule(ctx context.Context, req api.Schedule) (api.ScheduleResult, error)
	ScaleUp(ctx context.Context, req api.ScaleUp) (api.Ack, error)
	InstanceConditions(ctx context.Context, req api.SetConditions) (api.Ack, error)
}

// Models is what the reconciler reads.
type Models struct {
	Instances   *reconcile.Models[readmodel.Instance]
	Workers     *reconcile.Models[readmodel.Worker]
	Definitions *reconcile.Models[readmodel.Definition]
	Templates   *reconcile.Models[readmodel.Template]
	Settings    *reconcile.Models[readmodel.Settings]
}

// Reconciler places all that wait. It is called with one key at a time, so its memory needs no lock.
type Reconciler struct {
	commands Commands
	models   Models
	now      func() time.Time
	log      *slog.Logger

	assumed assumptions
	demands demands
	pace    pace
}

// New makes the reconciler.
func New(commands Commands, models Models, now func() time.Time, log *slog.Logger) *Reconciler {
	return &Reconciler{commands: commands, models: models, now: now, log: log, assumed: newAssumptions(), demands: demands{}}
}

// again is when to look once more while something waits: what it waits for may be the passing of time alone.
const again = 15 * time.Second

// Reconcile implements reconcile.Reconciler.
func (r *Reconciler) Reconcile(ctx context.Context, _ string) (reconcile.Result, error) {
	now := r.now()
	if left := r.pace.left(now); left > 0 {
		return reconcile.Result{After: left, Skipped: true}, nil
	}
	settings := r.settings()
	r.assumed.settle(r.models)
	workers := r.assumed.overlay(r.models.Workers.List())
	waiting, blocked := r.waiting()
	snapshot := placement.Snapshot{Workers: workers, Waiting: waiting, Margin: minutes(settings.TeardownMarginMinutes)}
	decisions := placement.Place(snapshot, now)

	refused, err := r.book(ctx, decisions)
	if err != nil {
		return reconcile.Result{}, err
	}
	r.pace.ran(placed(decisions), now, r.now())
	unplaced := labsOf(decisions, refused)
	plan := scaling.Make(scaling.Input{
		Unplaced: unplaced, Workers: r.demands.withAsked(workers), Templates: r.models.Templates.List(), Margin: snapshot.Margin,
		Ahead: minutes(settings.WorkerBootMinutes + settings.InstantiationMinutes),
	}, now)
	outlooks, err := r.scaleUp(ctx, plan)
	if err != nil {
		return reconcile.Result{}, err
	}
	if err := r.explain(ctx, decisions, outlooks, blocked); err != nil {
		return reconcile.Result{}, err
	}
	if len(unplaced)+len(blocked) == 0 {
		return reconcile.Result{}, nil
	}
	return reconcile.Result{After: wake(plan.NextStart, now)}, nil
}

func wake(next, now time.Time) time.Duration {
	if next.IsZero() || next.Sub(now) > again {
		return again
	}
	return max(next.Sub(now), 100*time.Millisecond)
}

// waiting are the pending instances whose definition is known, and those that cannot be decided on yet.
func (r *Reconciler) waiting() (labs []placement.Lab, blocked []readmodel.Instance) {
	for _, i := range r.models.Instances.List() {
		if i.Status != lifecycle.InstancePending || r.assumed.scheduled(i) {
			continue
		}
		definition, _, ok := r.models.Definitions.Get(i.DefinitionID)
		if !ok {
			blocked = append(blocked, i)
			continue
		}
		labs = append(labs, placement.Lab{Instance: i, Definition: definition})
	}
	return labs, blocked
}

func (r *Reconciler) settings() readmodel.Settings {
	if s, _, ok := r.models.Settings.Get(readmodel.SettingsID); ok {
		return s
	}
	// The defaults of the settings, until they are projected.
	return readmodel.Settings{WorkerBootMinutes: 20, InstantiationMinutes: 15, TeardownMarginMinutes: 5}
}

func placed(decisions []placement.Decision) (n int) {
	for _, d := range decisions {
		if d.Placed() {
			n++
		}
	}
	return n
}

// labsOf are the labs that found no worker, or whose worker's book said no after all.
func labsOf(decisions []placement.Decision, refused map[string]string) []placement.Lab {
	var labs []placement.Lab
	for _, d := range decisions {
		if _, no := refused[d.Lab.Instance.ID]; !d.Placed() && !no {
			labs = append(labs, d.Lab)
		}
	}
	return slices.Clip(labs)
}

func minutes(n float64) time.Duration { return time.Duration(n * float64(time.Minute)) }
