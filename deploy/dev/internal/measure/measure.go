// Package measure takes the figures of docs/benchmarks.md on a whole system: real etcd, a real store, real HTTP.
package measure

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// Options say what to measure and where to write it.
type Options struct {
	JSON, Page string
	// Only names the figures to take, such as P5; none names all.
	Only []string
	// MongoDB is a server's URL on which what depends on the store is measured as well; empty is none.
	MongoDB string
	// Runs is how often each figure is taken; the median and the range are written.
	Runs, Bookings int
	// PerSecond is the rate of bookings, Requests that of mixed requests.
	PerSecond, Requests float64
	// Burst is how many bookings come at once, Stored how many instances are stored.
	Burst, Stored int
	// Lasting is how long a rate is held.
	Lasting time.Duration
	// Failovers is how often a leader is lost of each kind, Keys how many keys the reconcile loop is measured with; 0 leaves
	// those figures out.
	Failovers, Keys int
	// GoBench is how long each Go benchmark runs, as go test's -benchtime; empty leaves them out.
	GoBench string
}

// Figure is one measured value. ID is that of the list of shapes, Value the median of Runs runs.
type Figure struct {
	ID    string  `json:"id"`
	Shape string  `json:"shape"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	Runs  int     `json:"runs"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// Run measures and writes. When one measurement fails, those before it are written all the same.
func Run(ctx context.Context, o Options, out io.Writer) error {
	if err := o.check(); err != nil {
		return err
	}
	var figures []Figure
	var failed error
	for _, measure := range []func(context.Context, Options, io.Writer) ([]Figure, error){onStores, mechanism, goBenchmarks} {
		more, err := measure(ctx, o, out)
		figures = append(figures, more...)
		if failed = err; failed != nil {
			break
		}
	}
	return errors.Join(failed, writeJSON(o.JSON, figures), writePage(o.Page, figures))
}

func (o Options) check() error {
	switch {
	case o.Runs < 1 || o.Bookings < 1 || o.PerSecond <= 0:
		return fmt.Errorf("measure: %d runs of %d bookings at %g/s are none", o.Runs, o.Bookings, o.PerSecond)
	case o.Burst < 1 || o.Stored < 10 || o.Requests <= 0 || o.Lasting <= 0:
		return fmt.Errorf("measure: a burst of %d, %d stored instances, %g requests/s for %s are none", o.Burst, o.Stored, o.Requests, o.Lasting)
	}
	return nil
}

// wants tells whether one of some figures is to be taken.
func (o Options) wants(ids ...string) bool {
	return len(o.Only) == 0 || slices.ContainsFunc(ids, func(id string) bool { return slices.Contains(o.Only, id) })
}

// percentile of sorted durations, in milliseconds.
func percentile(sorted []time.Duration, p float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	i := min(len(sorted)-1, int(p*float64(len(sorted))))
	return float64(sorted[i].Microseconds()) / 1000
}

func sortedCopy(d []time.Duration) []time.Duration {
	c := slices.Clone(d)
	slices.Sort(c)
	return c
}
