package command

import (
	"context"
	"math"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// RequestRefresh asks for fresh data of a worker, and tells why not where there is no need (worker_not_found).
func (c *Commands) RequestRefresh(ctx context.Context, id, reason string) (api.RefreshAnswer, api.Ack, error) {
	s, err := c.d.Settings.Effective(ctx)
	if err != nil {
		return api.RefreshAnswer{}, api.Ack{}, err
	}
	least := time.Duration(s.Activity.RefreshSeconds) * time.Second
	next, err := c.nextFigures(ctx, id)
	if err != nil {
		return api.RefreshAnswer{}, api.Ack{}, err
	}
	answer := api.RefreshAnswer{WorkerID: id, Scheduled: true}
	_, ack, err := c.updateWorker(call.Because(ctx, reason), id, func(w *worker.Worker, act parts.Act) error {
		skipped := w.RequestRefresh(least, least, next, act)
		answer.Scheduled, answer.Reason = skipped == "", skipped
		switch skipped {
		case worker.SkipRateLimited:
			answer.RetryAfterSeconds = seconds(w.CML.SeenAt.Add(least).Sub(act.At))
		case worker.SkipImminent:
			answer.ETASeconds = seconds(next.Sub(act.At))
		case "":
			answer.ETASeconds = s.Monitoring.MetricsPollSeconds
		}
		return nil
	})
	return answer, ack, err
}

// nextFigures is when the next figures of a worker come by themselves; nil when that is not known.
func (c *Commands) nextFigures(ctx context.Context, id string) (*time.Time, error) {
	if c.d.Samples == nil {
		return nil, nil
	}
	kept, err := c.d.Samples.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	return kept[id].NextRefreshAt, nil
}

// seconds rounds up, so that whoever waits for them comes late enough.
func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }
