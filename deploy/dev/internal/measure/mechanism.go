package measure

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
)

// mechanism measures what is under the controllers: the election and the reconcile loop, on a real etcd.
func mechanism(ctx context.Context, o Options, out io.Writer) (figures []Figure, err error) {
	if !o.wants("P10") {
		o.Failovers = 0
	}
	if !o.wants("R1", "R2", "R3") {
		o.Keys = 0
	}
	if o.Failovers < 1 && o.Keys < 1 {
		return nil, nil
	}
	dir, err := os.MkdirTemp("", "lcm-bench-")
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	endpoint, stop, err := plane.StartEtcd(ctx, filepath.Join(dir, "etcd"))
	if err != nil {
		return nil, err
	}
	defer stop()
	etcd, err := etcdkv.Dial(etcdkv.Config{Endpoints: []string{endpoint}})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, etcd.Close()) }()
	for _, measure := range []func() ([]Figure, error){
		func() ([]Figure, error) { return failovers(ctx, filepath.Join(dir, "contest"), o.Failovers) },
		func() ([]Figure, error) { return loop(ctx, etcd, o.Keys) },
	} {
		took, err := measure()
		if err != nil {
			return nil, err
		}
		for _, f := range took {
			_, _ = fmt.Fprintf(out, "%s %s: %.1f %s\n", f.ID, f.Shape, f.Value, f.Unit)
		}
		figures = append(figures, took...)
	}
	return figures, nil
}

// spread is a figure of the median of durations with their range.
func spread(id, shape string, all []time.Duration) Figure {
	sorted := sortedCopy(all)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	return Figure{
		ID: id, Shape: shape, Value: ms(sorted[len(sorted)/2]), Unit: "ms", Runs: len(sorted), Low: ms(sorted[0]), High: ms(sorted[len(sorted)-1]),
	}
}

// single is a figure that is taken in one run.
func single(id, shape string, value float64, unit string) Figure {
	return Figure{ID: id, Shape: shape, Value: value, Unit: unit, Runs: 1, Low: value, High: value}
}
