package process

import (
	"context"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/settings"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// undecided is how long a booking is left to the saga that made it.
const undecided = 2 * time.Minute

// bookings frees entries that no attempt needs any more: a saga stopped half-way, or a release that failed.
func (p *Processes) bookings(ctx context.Context, now time.Time, _ settings.Effective) error {
	booked := store.Query{Equal: map[string][]string{command.FieldBooked: {command.Yes}}}
	return p.sweepWorkers(ctx, booked, func(w *worker.Worker, _ repo.Meta) error {
		return p.d.Commands.FreeBookings(ctx, w, now.Add(-undecided))
	})
}

// lost moves the instances of workers that are gone, broken or switched off under them: the report's own try may have
// stopped half-way.
func (p *Processes) lost(ctx context.Context, _ time.Time, _ settings.Effective) error {
	gone := store.Query{Equal: map[string][]string{
		command.FieldBooked: {command.Yes},
		command.FieldStatus: {string(lifecycle.WorkerTerminated), string(lifecycle.WorkerFailed), string(lifecycle.WorkerStopped)},
	}}
	return p.sweepWorkers(ctx, gone, func(w *worker.Worker, _ repo.Meta) error {
		return p.d.Commands.LoseInstances(ctx, w)
	})
}

// displaced moves away what has not begun on workers that can carry less than is booked.
func (p *Processes) displaced(ctx context.Context, _ time.Time, _ settings.Effective) error {
	booked := store.Query{Equal: map[string][]string{
		command.FieldBooked: {command.Yes}, command.FieldStatus: {string(lifecycle.WorkerRunning)},
	}}
	return p.sweepWorkers(ctx, booked, func(w *worker.Worker, _ repo.Meta) error {
		return p.d.Commands.MoveDisplaced(ctx, w)
	})
}

// placeable refreshes workers that became placeable, or are no more, by time alone.
func (p *Processes) placeable(ctx context.Context, now time.Time, _ settings.Effective) error {
	running := store.Query{Equal: map[string][]string{command.FieldStatus: {string(lifecycle.WorkerRunning)}}}
	return p.sweepWorkers(ctx, running, func(w *worker.Worker, _ repo.Meta) error {
		if !w.Stale(now) {
			return nil
		}
		return p.d.Commands.RefreshWorker(ctx, w.ID)
	})
}
