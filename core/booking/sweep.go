package booking

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// never is beyond every instant of a sweep.
const never = time.Duration(math.MaxInt64)

// edge is a change of the load at an instant, counted from the origin of its sweep. Durations from an origin saturate
// instead of overflowing, however far away a date is.
type edge struct {
	at   time.Duration
	load load
	ends bool
}

// edges lists the changes of load within a window in order of time. What is under way at the beginning begins at zero.
func (v *view) edges(window resource.Window) []edge {
	edges := make([]edge, 0, 16)
	for i := range v.entries {
		entry := &v.entries[i]
		if !v.overlaps(entry, &window) {
			continue
		}
		span := entry.Occupies(v.now, v.margin)
		edges = append(edges, edge{at: max(0, span.From.Sub(window.From)), load: entry.load()})
		if !span.Open() {
			edges = append(edges, edge{at: span.Until.Sub(window.From), load: entry.load(), ends: true})
		}
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Compare(a.at, b.at) })
	return edges
}

// sweep calls visit for each stretch of even load, from the beginning of the window to the end of time or until visit
// returns false. All edges of an instant count together, since windows are half-open.
func sweep(edges []edge, visit func(from, until time.Duration, taken load) bool) {
	var taken load
	from := time.Duration(0)
	for i := 0; i < len(edges); {
		at := edges[i].at
		if at > from && !visit(from, at, taken) {
			return
		}
		for ; i < len(edges) && edges[i].at == at; i++ {
			if edges[i].ends {
				taken.take(edges[i].load)
			} else {
				taken.add(edges[i].load)
			}
		}
		from = at
	}
	visit(from, never, taken)
}

// shortage finds the first moment of a window at which need does not fit, nil if it fits throughout.
func (v *view) shortage(window resource.Window, need, limit load) *shortage {
	sum, _ := v.tally(&window)
	return v.shortageGiven(sum, window, need, limit)
}

// shortageGiven is shortage for a caller that has the tally of the window.
func (v *view) shortageGiven(sum load, window resource.Window, need, limit load) *shortage {
	sum.add(need)
	if sum.excess(limit) == "" {
		return nil
	}
	length := never
	if !window.Open() {
		length = window.Until.Sub(window.From)
	}
	var found *shortage
	sweep(v.edges(window), func(from, _ time.Duration, taken load) bool {
		if from >= length {
			return false
		}
		with := taken
		with.add(need)
		if code := with.excess(limit); code != "" {
			found = &shortage{code: code, at: window.From.Add(from), need: need, taken: taken, limit: limit}
		}
		return found == nil
	})
	return found
}
