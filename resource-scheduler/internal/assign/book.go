package assign

import (
	"cmp"
	"context"
	"log/slog"
	"slices"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/resource-scheduler/internal/placement"
)

// most is how many instances one call books.
const most = 500

// book asks the API to schedule what was placed, worker by worker. What a book refuses after all, since the snapshot was
// old, is answered with its code and comes again with the next run.
func (r *Reconciler) book(ctx context.Context, decisions []placement.Decision) (refused map[string]string, err error) {
	refused = map[string]string{}
	for _, batch := range batches(decisions) {
		result, err := r.commands.Schedule(ctx, batch.request())
		switch {
		case failure.Is(err, failure.Conflict), failure.Is(err, failure.NotFound), failure.Is(err, failure.Precondition):
			r.log.InfoContext(ctx, "worker refused a batch", slog.String("worker", batch.worker), slog.String("code", failure.CodeOf(err)))
			for _, d := range batch.decisions {
				refused[d.Lab.Instance.ID] = failure.CodeOf(err)
			}
			continue
		case err != nil:
			return refused, err
		}
		for i, outcome := range result.Outcomes {
			if outcome.Code != "" || outcome.Ack == nil || i >= len(batch.decisions) {
				refused[outcome.InstanceID] = outcome.Code
				continue
			}
			r.assumed.add(batch.decisions[i], *outcome.Ack)
		}
	}
	return refused, nil
}

type batch struct {
	worker    string
	decisions []placement.Decision
}

func (b batch) request() api.Schedule {
	request := api.Schedule{WorkerID: b.worker, Body: api.ScheduleBody{ScheduledBy: "resource-scheduler"}}
	for _, d := range b.decisions {
		request.Body.Instances = append(request.Body.Instances, api.ScheduleItem{InstanceID: d.Lab.Instance.ID, Generation: d.Lab.Instance.Generation})
	}
	return request
}

func batches(decisions []placement.Decision) []batch {
	byWorker := map[string][]placement.Decision{}
	for _, d := range decisions {
		if d.Placed() {
			byWorker[d.WorkerID] = append(byWorker[d.WorkerID], d)
		}
	}
	var all []batch
	for worker, placed := range byWorker {
		for part := range slices.Chunk(placed, most) {
			all = append(all, batch{worker: worker, decisions: part})
		}
	}
	slices.SortStableFunc(all, func(a, b batch) int { return cmp.Compare(a.worker, b.worker) })
	return all
}
