package measure

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// lists takes the time of lists, one after another (L1).
func (l *load) lists(ctx context.Context) ([]reading, error) {
	const times = 200
	var took []time.Duration
	for range times {
		began := time.Now()
		if err := l.hitter.get(ctx, listPath); err != nil {
			return nil, err
		}
		took = append(took, time.Since(began))
	}
	return latencies("L1", fmt.Sprintf("list 100 of %d instances", l.options.Stored), took, 0.50, 0.99), nil
}

const listPath = instances + "?include_terminated=true&limit=100"

// mixed sends requests at a rate, whether or not the ones before were answered (P7).
func (l *load) mixed(ctx context.Context) ([]reading, error) {
	n := int(l.options.Requests * l.options.Lasting.Seconds())
	took := make([]time.Duration, n)
	var mine spare
	var group errgroup.Group
	tick := time.NewTicker(time.Duration(float64(time.Second) / l.options.Requests))
	defer tick.Stop()
	for n := range n {
		<-tick.C
		began := time.Now()
		group.Go(func() error {
			defer func() { took[n] = time.Since(began) }()
			return l.one(ctx, n, &mine)
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	shape := fmt.Sprintf("API at %g requests/s for %s (60 %% get, 20 %% list of 100, 15 %% book, 5 %% end), %d instances stored", l.options.Requests, l.options.Lasting, l.options.Stored)
	return latencies("P7", shape, took, 0.50, 0.95, 0.99), nil
}

// one sends the n-th request of the mix.
func (l *load) one(ctx context.Context, n int, mine *spare) error {
	switch n % 20 {
	case 0, 6, 12, 18:
		return l.hitter.get(ctx, listPath)
	case 3, 9, 15:
		id, err := l.hitter.book(ctx, l.definition, n)
		mine.put(id)
		return err
	case 19:
		if id := mine.take(); id != "" {
			return l.hitter.terminate(ctx, id)
		}
	}
	return l.hitter.get(ctx, instances+"/"+l.ids[n%len(l.ids)])
}

// spare are instances that may be ended.
type spare struct {
	mu  sync.Mutex
	ids []string
}

func (s *spare) put(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id != "" {
		s.ids = append(s.ids, id)
	}
}

func (s *spare) take() (id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.ids) > 0 {
		id, s.ids = s.ids[0], s.ids[1:]
	}
	return id
}

// callers send requests one after another each, to see what can be sustained.
const callers = 32

// sustained tells how many requests of a kind are answered in a second (P8).
func (l *load) sustained(ctx context.Context) (readings []reading, err error) {
	for _, kind := range []struct {
		name string
		send func(n int) error
	}{
		{"GET by id", func(n int) error { return l.hitter.get(ctx, instances+"/"+l.ids[n%len(l.ids)]) }},
		{"POST of a booking", func(n int) error {
			_, err := l.hitter.book(ctx, l.definition, n)
			return err
		}},
	} {
		var sent atomic.Int64
		began := time.Now()
		var group errgroup.Group
		for range callers {
			group.Go(func() error {
				for time.Since(began) < l.options.Lasting {
					if err := kind.send(int(sent.Add(1))); err != nil {
						return err
					}
				}
				return nil
			})
		}
		if err := group.Wait(); err != nil {
			return nil, fmt.Errorf("%s: %w", kind.name, err)
		}
		shape := fmt.Sprintf("%s, answered per second, %d callers for %s, %d instances stored", kind.name, callers, l.options.Lasting, l.options.Stored)
		readings = append(readings, reading{id: "P8", shape: shape, value: float64(sent.Load()) / time.Since(began).Seconds(), unit: "1/s"})
	}
	return readings, nil
}
