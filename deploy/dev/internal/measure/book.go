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

const patience = 2 * time.Minute

// book books at a rate and tells how long it took until each booking was scheduled and stored (P5), and until the scheduler
// acted on it (P9).
func book(ctx context.Context, at plane.Endpoints, o Options) (map[string]float64, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	people, err := demo.NewPeople(ctx, at, demo.NewOutside(at))
	if err != nil {
		return nil, err
	}
	definition, err := people.Author.CreateDefinition(ctx, api.CreateDefinition{Body: api.CreateDefinitionBody{
		Name: "bench", Version: "1.0.0", TopologyYAML: demo.Sample(), GradingEnabled: new(bool), CollectionEnabled: new(bool),
	}})
	if err != nil {
		return nil, err
	}
	if err := warm(ctx, people, definition.ID); err != nil {
		return nil, fmt.Errorf("a worker to book on: %w", err)
	}
	began := make([]time.Time, o.Bookings)
	ids := make([]string, o.Bookings)
	var group errgroup.Group
	tick := time.NewTicker(time.Duration(float64(time.Second) / o.PerSecond))
	defer tick.Stop()
	for n := range o.Bookings {
		<-tick.C
		began[n] = time.Now()
		group.Go(func() error {
			i, err := people.User.CreateInstance(ctx, slot(definition.ID, n))
			ids[n] = i.ID
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return collect(ctx, people, ids, began)
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

func collect(ctx context.Context, p demo.People, ids []string, began []time.Time) (map[string]float64, error) {
	var durable, reaction []time.Duration
	for n, id := range ids {
		var i api.Instance
		err := demo.Until(ctx, func() (bool, error) {
			var err error
			i, err = p.User.GetInstance(ctx, api.ID{ID: id})
			return i.ScheduledAt != nil, err
		})
		if err != nil {
			return nil, fmt.Errorf("booking %d is %s: %w", n, i.Status, err)
		}
		durable = append(durable, i.ScheduledAt.Sub(began[n]))
		reaction = append(reaction, i.ScheduledAt.Sub(i.CreatedAt))
	}
	d, r := sortedCopy(durable), sortedCopy(reaction)
	return map[string]float64{
		"P5/p50": percentile(d, 0.50), "P5/p99": percentile(d, 0.99), "P9/p50": percentile(r, 0.50), "P9/p99": percentile(r, 0.99),
	}, nil
}
