// Package measure takes the figures of docs/benchmarks.md on a whole system: real etcd, real SQLite, real HTTP.
package measure

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
)

// Options say what to measure and where to write it.
type Options struct {
	JSON, Page string
	// Runs is how often each figure is taken; the median and the range are written.
	Runs, Bookings int
	// PerSecond is the rate of bookings.
	PerSecond float64
	// Failovers is how often a leader is lost of each kind, Keys how many keys the reconcile loop is measured with; 0 leaves
	// those figures out.
	Failovers, Keys int
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

// Run measures and writes.
func Run(ctx context.Context, o Options, out io.Writer) error {
	if o.Runs < 1 || o.Bookings < 1 || o.PerSecond <= 0 {
		return fmt.Errorf("measure: %d runs of %d bookings at %g/s are none", o.Runs, o.Bookings, o.PerSecond)
	}
	samples := map[string][]float64{}
	for n := range o.Runs {
		took, err := once(ctx, o)
		if err != nil {
			return err
		}
		for name, value := range took {
			samples[name] = append(samples[name], value)
		}
		_, _ = fmt.Fprintf(out, "run %d: %v\n", n+1, took)
	}
	under, err := mechanism(ctx, o, out)
	if err != nil {
		return err
	}
	figures := append(figuresOf(samples, o), under...)
	if err := writeJSON(o.JSON, figures); err != nil {
		return err
	}
	return writePage(o.Page, figures)
}

// once starts a fresh system, makes a worker ready, and books.
func once(ctx context.Context, o Options) (map[string]float64, error) {
	dir, err := os.MkdirTemp("", "lcm-bench-")
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	options := plane.Fast(filepath.Join(dir, "data"), slog.New(slog.DiscardHandler))
	options.Candidate.Auto, options.Rate = false, 1000
	p, err := plane.New(ctx, options)
	if err != nil {
		return nil, err
	}
	serving, stop := context.WithCancel(ctx)
	stopped := make(chan error, 1)
	go func() {
		defer stop() // a system that could not start ends the measurement
		stopped <- p.Run(serving)
	}()
	took, err := book(serving, p.Endpoints(), o)
	stop()
	return took, errors.Join(err, <-stopped)
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
