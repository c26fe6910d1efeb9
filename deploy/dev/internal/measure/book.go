package measure

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/demo"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
)

// steady books at a rate and tells how long it took until a reader saw that each booking was scheduled (P5), and until the
// scheduler acted on it (P9).
func steady(ctx context.Context, o Options, store string) (readings []reading, err error) {
	return booked(ctx, store, func(ctx context.Context, b *bookings) error {
		if err := b.steadily(ctx, o.Bookings, o.PerSecond); err != nil {
			return err
		}
		_, reaction, err := b.decided(ctx)
		if err != nil {
			return err
		}
		of := fmt.Sprintf("%d bookings at %g/s", o.Bookings, o.PerSecond)
		readings = append(latencies("P5", "POST to scheduled and durable, as a reader sees it, "+of, b.seen, 0.50, 0.99),
			latencies("P9", "created to the scheduler's booking, "+of, reaction, 0.50, 0.99)...)
		return nil
	}, &readings)
}

// burst books many at once and tells when a reader saw that all were scheduled (P6).
func burst(ctx context.Context, o Options, store string) (readings []reading, err error) {
	return booked(ctx, store, func(ctx context.Context, b *bookings) error {
		if err := b.atOnce(ctx, o.Burst); err != nil {
			return err
		}
		if err := b.nonePending(ctx); err != nil {
			return err
		}
		all := time.Since(b.began[0])
		decided, _, err := b.decided(ctx)
		if err != nil {
			return err
		}
		of := fmt.Sprintf("BURST: %d bookings at once, one slot after another on one worker, ", o.Burst)
		readings = append(latencies("P6", of+"to the decision", decided, 0.50),
			latencies("P6", of+"to all scheduled and durable, as a reader sees it", []time.Duration{all}, 1)...)
		return nil
	}, &readings)
}

// booked starts a fresh system, makes a worker ready, and lets do book on it.
func booked(ctx context.Context, store string, do func(context.Context, *bookings) error, readings *[]reading) ([]reading, error) {
	return inFolder(func(dir string) ([]reading, error) {
		err := during(ctx, optionsOf(dir, store), func(ctx context.Context, at plane.Endpoints) error {
			people, err := demo.NewPeople(ctx, at, demo.NewOutside(at))
			if err != nil {
				return err
			}
			b := &bookings{people: people}
			if b.definition, err = define(ctx, people); err != nil {
				return err
			}
			if err := warm(ctx, people, b.definition); err != nil {
				return fmt.Errorf("a worker to book on: %w", err)
			}
			return do(ctx, b)
		})
		return *readings, err
	})
}

// bookings are what was booked, and when each was asked for.
type bookings struct {
	people     demo.People
	definition string
	ids        []string
	began      []time.Time
	// seen is how long it took until each was seen to be scheduled.
	seen []time.Duration
}

func (b *bookings) room(n int) {
	b.ids, b.began, b.seen = make([]string, n), make([]time.Time, n), make([]time.Duration, n)
}

func (b *bookings) book(ctx context.Context, n int) error {
	i, err := b.people.User.CreateInstance(ctx, slot(b.definition, n))
	b.ids[n] = i.ID
	return err
}

// bookAndWatch books and reads until the booking is scheduled.
func (b *bookings) bookAndWatch(ctx context.Context, n int) error {
	if err := b.book(ctx, n); err != nil {
		return err
	}
	var failed error
	err := until(ctx, func() bool {
		var i api.Instance
		i, failed = b.people.User.GetInstance(ctx, api.ID{ID: b.ids[n]})
		return failed != nil || i.ScheduledAt != nil
	})
	b.seen[n] = time.Since(b.began[n])
	return errors.Join(err, failed)
}

// nonePending waits until nobody waits for a place. Sorted by what is filtered by, the list costs next to nothing.
func (b *bookings) nonePending(ctx context.Context) error {
	pending := api.ListInstances{List: api.List{Limit: 1}, Status: string(lifecycle.InstancePending), Sort: "status"}
	return demo.Until(ctx, func() (bool, error) {
		rows, err := b.people.Admin.ListInstances(ctx, pending)
		return len(rows) == 0, err
	})
}

func (b *bookings) steadily(ctx context.Context, n int, perSecond float64) error {
	b.room(n)
	var group errgroup.Group
	tick := time.NewTicker(time.Duration(float64(time.Second) / perSecond))
	defer tick.Stop()
	for n := range n {
		<-tick.C
		b.began[n] = time.Now()
		group.Go(func() error { return b.bookAndWatch(ctx, n) })
	}
	return group.Wait()
}

func (b *bookings) atOnce(ctx context.Context, n int) error {
	b.room(n)
	began := time.Now()
	var group errgroup.Group
	for n := range n {
		b.began[n] = began
		group.Go(func() error { return b.book(ctx, n) })
	}
	return group.Wait()
}

// decided waits until all are scheduled, and tells how long after it was asked for, and after it was stored, each was decided on.
func (b *bookings) decided(ctx context.Context) (asked, stored []time.Duration, err error) {
	for n, id := range b.ids {
		var i api.Instance
		err := demo.Until(ctx, func() (bool, error) {
			var err error
			i, err = b.people.User.GetInstance(ctx, api.ID{ID: id})
			return i.ScheduledAt != nil, err
		})
		if err != nil {
			return nil, nil, fmt.Errorf("booking %d is %s: %w", n, i.Status, err)
		}
		asked = append(asked, i.ScheduledAt.Sub(b.began[n]))
		stored = append(stored, i.ScheduledAt.Sub(i.CreatedAt))
	}
	return asked, stored, nil
}

// slot spreads bookings over the days, one after another on the same room, so that the book and not the machine decides.
func slot(definitionID string, n int) api.CreateInstance {
	start := time.Now().Add(24*time.Hour + time.Duration(n)*time.Hour).Truncate(time.Second)
	end := start.Add(30 * time.Minute)
	return api.CreateInstance{Body: api.CreateInstanceBody{DefinitionID: definitionID, TimeslotStart: &start, TimeslotEnd: &end}}
}

// warm books one lab at once and waits until it has its worker.
func warm(ctx context.Context, p demo.People, definitionID string) error {
	i, err := demo.Book(ctx, p, definitionID, 30)
	if err != nil {
		return err
	}
	return demo.Until(ctx, func() (bool, error) {
		i, err = p.User.GetInstance(ctx, api.ID{ID: i.ID})
		return i.Status != lifecycle.InstancePending && i.WorkerID != "", err
	})
}
