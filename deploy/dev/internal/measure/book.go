package measure

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/demo"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
)

// steady books at a rate and tells how long it took until each booking was scheduled and stored (P5), and until the scheduler
// acted on it (P9).
func steady(ctx context.Context, o Options, store string) (readings []reading, err error) {
	return booked(ctx, store, func(ctx context.Context, b *bookings) error {
		if err := b.steadily(ctx, o.Bookings, o.PerSecond); err != nil {
			return err
		}
		durable, reaction, err := b.collect(ctx)
		if err != nil {
			return err
		}
		of := fmt.Sprintf("%d bookings at %g/s", o.Bookings, o.PerSecond)
		readings = append(latencies("P5", "POST to scheduled and durable, "+of, durable, 0.50, 0.99),
			latencies("P9", "created to the scheduler's booking, "+of, reaction, 0.50, 0.99)...)
		return nil
	}, &readings)
}

// burst books many at once and tells when the last one was scheduled and stored (P6).
func burst(ctx context.Context, o Options, store string) (readings []reading, err error) {
	return booked(ctx, store, func(ctx context.Context, b *bookings) error {
		if err := b.atOnce(ctx, o.Burst); err != nil {
			return err
		}
		durable, _, err := b.collect(ctx)
		if err != nil {
			return err
		}
		shape := fmt.Sprintf("BURST: %d bookings at once, one slot after another on one worker, to scheduled and durable", o.Burst)
		readings = latencies("P6", shape, durable, 0.50, 1)
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
}

func (b *bookings) room(n int) { b.ids, b.began = make([]string, n), make([]time.Time, n) }

func (b *bookings) book(ctx context.Context, n int) error {
	i, err := b.people.User.CreateInstance(ctx, slot(b.definition, n))
	b.ids[n] = i.ID
	return err
}

func (b *bookings) steadily(ctx context.Context, n int, perSecond float64) error {
	b.room(n)
	var group errgroup.Group
	tick := time.NewTicker(time.Duration(float64(time.Second) / perSecond))
	defer tick.Stop()
	for n := range n {
		<-tick.C
		b.began[n] = time.Now()
		group.Go(func() error { return b.book(ctx, n) })
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

// collect waits until all are scheduled, and tells how long that took since they were asked for, and since they were stored.
func (b *bookings) collect(ctx context.Context) (durable, reaction []time.Duration, err error) {
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
		durable = append(durable, i.ScheduledAt.Sub(b.began[n]))
		reaction = append(reaction, i.ScheduledAt.Sub(i.CreatedAt))
	}
	return durable, reaction, nil
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
