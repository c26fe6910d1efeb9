package command

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/booking"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// atOnce is how many instances of a schedule are read or moved at the same time: each is a document of its own, and writes
// that wait together may share what they cost.
const atOnce = 16

// planAll plans the items, in their order.
func (c *Commands) planAll(ctx context.Context, items []api.ScheduleItem, at time.Time, margin time.Duration) ([]*placement, error) {
	placements := make([]*placement, len(items))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for n, item := range items {
		group.Go(func() (err error) {
			placements[n], err = c.plan(ctx, item, at, margin)
			return err
		})
	}
	return placements, group.Wait()
}

// placeAll moves the instances that were not refused, and gives what was booked for those that could not be moved. One that
// fails holds up no other.
func (c *Commands) placeAll(ctx context.Context, all []*placement, w *worker.Worker, by string, at time.Time) (stranded []booking.Holder) {
	failed := make([]bool, len(all))
	var group errgroup.Group
	group.SetLimit(atOnce)
	for n, p := range all {
		if p.err != nil {
			continue
		}
		group.Go(func() error {
			failed[n] = c.place(ctx, p, w, by, at) != nil
			return nil
		})
	}
	_ = group.Wait() // nothing in it returns an error
	for n, p := range all {
		if failed[n] && p.request != nil {
			stranded = append(stranded, p.holder)
		}
	}
	return stranded
}
