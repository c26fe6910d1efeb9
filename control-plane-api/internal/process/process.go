// Package process holds the sweeps: what the leading replica repeats without being asked. Each looks at what is stored and
// brings it closer to what must hold; none remembers anything, so that any replica may go on where another one stopped.
package process

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/settings"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/task"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

const (
	defaultInterval = 5 * time.Second
	// passTime bounds one pass over all sweeps.
	passTime = time.Minute
)

// Deps is what the sweeps work with.
type Deps struct {
	Workers   *repo.Repo[worker.Worker]
	Instances *repo.Repo[instance.Instance]
	// Tasks may be nil: then none are looked at.
	Tasks    *repo.Repo[task.Task]
	Commands *command.Commands
	Settings command.Settings
	Expiring Expiring
	// Interval is the time between two passes; 5 s when zero.
	Interval time.Duration
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	Log *slog.Logger
}

// Expiring is the part of the store that removes what has expired.
type Expiring interface {
	DeleteMany(ctx context.Context, collection string, q store.Query, limit int) (int, error)
}

// Processes is the set of sweeps.
type Processes struct {
	d    Deps
	runs runs
}

// New makes the sweeps.
func New(d Deps) *Processes {
	if d.Interval <= 0 {
		d.Interval = defaultInterval
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	return &Processes{d: d}
}

// Run sweeps until the context ends, which it does when this replica leads no more. A sweep that fails is logged and
// repeated in the next pass.
func (p *Processes) Run(ctx context.Context) {
	ticker := time.NewTicker(p.d.Interval)
	defer ticker.Stop()
	for {
		if err := p.Sweep(ctx, p.d.Now().UTC()); err != nil && ctx.Err() == nil {
			p.d.Log.WarnContext(ctx, "sweep failed, repeated in the next pass", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Sweep makes one pass over all sweeps. One that fails does not keep the others from running.
func (p *Processes) Sweep(ctx context.Context, now time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, passTime)
	defer cancel()
	s, err := p.d.Settings.Effective(ctx)
	if err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	var failed []error
	for _, sweep := range p.sweeps() {
		err := sweep.run(ctx, now, s)
		p.runs.note(sweep.name, now, err)
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", sweep.name, err))
		}
	}
	return errors.Join(failed...)
}

// sweep is one thing that is repeated.
type sweep struct {
	name string
	run  func(context.Context, time.Time, settings.Effective) error
}

func (p *Processes) sweeps() []sweep {
	return []sweep{
		{"lost workers", p.lost},
		{"bookings", p.bookings},
		{"unbooked instances", p.unbooked},
		{"missed timeslots", p.missed},
		{"archived instances", p.archived},
		{"displaced instances", p.displaced},
		{"placeable workers", p.placeable},
		{"claims", p.claims},
		{"lab actions", p.labActions},
		{"overdue drains", p.drains},
		{"removed workers", p.removals},
		{"tasks", p.tasks},
	}
}

// mostFailures is how many failures end a sweep: so many mean that it is not about a single thing.
const mostFailures = 20

// each makes a visit that goes on past what fails; the failures are gathered in the order of their visits.
func each[T any](ctx context.Context, failed *[]error, visit func(*T, repo.Meta) error) func(*T, repo.Meta) error {
	return func(value *T, meta repo.Meta) error {
		if err := visit(value, meta); err != nil {
			*failed = append(*failed, err)
		}
		if len(*failed) >= mostFailures {
			return errTooMany
		}
		return ctx.Err()
	}
}

var errTooMany = errors.New("too many failures, the rest waits for the next pass")

// sweepWorkers visits the workers that match, going on past failures.
func (p *Processes) sweepWorkers(ctx context.Context, q store.Query, visit func(*worker.Worker, repo.Meta) error) error {
	var failed []error
	err := p.d.Workers.Walk(ctx, q, each(ctx, &failed, visit))
	return errors.Join(append(failed, err)...)
}

// sweepInstances visits the instances that match, going on past failures.
func (p *Processes) sweepInstances(ctx context.Context, q store.Query, visit func(*instance.Instance, repo.Meta) error) error {
	var failed []error
	err := p.d.Instances.Walk(ctx, q, each(ctx, &failed, visit))
	return errors.Join(append(failed, err)...)
}

func minutes(n float64) time.Duration { return time.Duration(n * float64(time.Minute)) }
