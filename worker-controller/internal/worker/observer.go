package worker

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// listTimeout bounds the listing of one region.
const listTimeout = time.Minute

// Observer lists the machines of each region in bulk and nudges the workers whose machine is not as their status says. It
// decides nothing: the reconciler looks at the one machine before it acts.
type Observer struct {
	// Workers lists all read models.
	Workers func() []readmodel.Worker
	Lister  Lister
	// Nudge asks for a run of a worker, without news of it.
	Nudge    func(id string)
	Interval time.Duration
	Log      *slog.Logger
}

// Run looks each interval until ctx ends; the first look is at once, since much may have happened while nobody led.
func (o Observer) Run(ctx context.Context) error {
	ticker := time.NewTicker(o.Interval)
	defer ticker.Stop()
	for {
		o.Look(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// Look compares all workers once. A region that cannot be listed does not keep the others from being looked at.
func (o Observer) Look(ctx context.Context) {
	byRegion := map[string][]readmodel.Worker{}
	for _, w := range o.Workers() {
		if watched(w) {
			byRegion[w.AWSRegion] = append(byRegion[w.AWSRegion], w)
		}
	}
	for region, workers := range byRegion {
		machines, err := o.list(ctx, region)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			o.Log.WarnContext(ctx, "machines of a region not listed", "region", region, "error", err)
			continue
		}
		for _, w := range workers {
			if i := slices.IndexFunc(machines, func(m Machine) bool { return m.ID == w.EC2InstanceID }); i < 0 || differs(w, machines[i]) {
				o.Nudge(w.ID)
			}
		}
	}
}

func (o Observer) list(ctx context.Context, region string) ([]Machine, error) {
	ctx, cancel := context.WithTimeout(ctx, listTimeout)
	defer cancel()
	return o.Lister.List(ctx, region)
}

// watched reports a worker that rests: nobody else would notice what happens to its machine. While something is under way
// the reconciler looks by itself.
func watched(w readmodel.Worker) bool {
	if w.EC2InstanceID == "" {
		return false
	}
	switch w.Status {
	case lifecycle.WorkerRunning, lifecycle.WorkerDraining, lifecycle.WorkerStopped, lifecycle.WorkerUnknown:
		return true
	default:
		return false
	}
}

// differs reports a machine that is not as its worker says.
func differs(w readmodel.Worker, m Machine) bool {
	return statusOf(m.State, w.Status) != w.Status || (m.State == MachineRunning && moved(w, m))
}
