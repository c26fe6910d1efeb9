package measure

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"slices"
	"time"
)

// storeKind is a kind of store to measure on.
type storeKind struct{ name, server string }

// fresh is the URL of an empty store; an empty one stands for a file of the system's own.
func (s storeKind) fresh() (string, error) {
	if s.server == "" {
		return "", nil
	}
	u, err := url.Parse(s.server)
	if err != nil {
		return "", fmt.Errorf("measure: MongoDB's URL: %w", err)
	}
	u.Path = fmt.Sprintf("/lcm_bench_%d", time.Now().UnixNano())
	return u.String(), nil
}

func (o Options) stores() []storeKind {
	all := []storeKind{{name: "SQLite"}}
	if o.MongoDB != "" {
		all = append(all, storeKind{name: "MongoDB", server: o.MongoDB})
	}
	return all
}

// reading is what one run found for one figure.
type reading struct {
	id, shape string
	value     float64
	unit      string
}

// latencies are readings of percentiles.
func latencies(id, shape string, took []time.Duration, percentiles ...float64) (all []reading) {
	sorted := sortedCopy(took)
	for _, p := range percentiles {
		all = append(all, reading{id: id, shape: fmt.Sprintf("%s, p%g", shape, p*100), value: percentile(sorted, p), unit: "ms"})
	}
	return all
}

// part takes some figures on a fresh store.
type part struct {
	ids  []string
	once func(ctx context.Context, o Options, store string) ([]reading, error)
}

func parts() []part {
	return []part{
		{[]string{"P5", "P9"}, steady},
		{[]string{"P6"}, burst},
		{[]string{"P7", "P8", "L1", "E1"}, filled},
		{[]string{"P11"}, coldStart},
	}
}

// onStores takes the figures that depend on the store, on each.
func onStores(ctx context.Context, o Options, out io.Writer) (figures []Figure, err error) {
	for _, store := range o.stores() {
		for _, p := range parts() {
			if !o.wants(p.ids...) {
				continue
			}
			var s samples
			for n := range o.Runs {
				at, err := store.fresh()
				if err != nil {
					return figures, err
				}
				readings, err := p.once(ctx, o, at)
				if err != nil {
					return figures, fmt.Errorf("%v on %s: %w", p.ids, store.name, err)
				}
				for _, r := range readings {
					_, _ = fmt.Fprintf(out, "run %d: %s %s, %s: %.1f %s\n", n+1, r.id, r.shape, store.name, r.value, r.unit)
				}
				s.add(readings)
			}
			figures = append(figures, s.figures(store.name)...)
		}
	}
	return figures, nil
}

// samples are the readings of several runs by figure, in the order in which they came first.
type samples struct {
	order  []reading
	values map[string][]float64
}

func (s *samples) add(readings []reading) {
	if s.values == nil {
		s.values = map[string][]float64{}
	}
	for _, r := range readings {
		key := r.id + "/" + r.shape
		if _, known := s.values[key]; !known {
			s.order = append(s.order, r)
		}
		s.values[key] = append(s.values[key], r.value)
	}
}

func (s *samples) figures(store string) (all []Figure) {
	for _, r := range s.order {
		values := slices.Sorted(slices.Values(s.values[r.id+"/"+r.shape]))
		all = append(all, Figure{
			ID: r.id, Shape: r.shape + ", " + store, Value: values[len(values)/2], Unit: r.unit, Runs: len(values), Low: values[0], High: values[len(values)-1],
		})
	}
	return all
}
