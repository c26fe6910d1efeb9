package booking

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// maxPortTries bounds the search for a time at which enough ports are free.
const maxPortTries = 16

// earliest finds when a window of the request's length could begin, not before now, nil when that is not known.
func (v *view) earliest(l *Limits, r *Request) *time.Time {
	need, limit := r.load(), l.load()
	if need.excess(limit) != "" || len(r.PortNames) > l.portRange().Size()-len(l.Quarantined) {
		return nil
	}
	origin := r.Window.From
	length := never
	if !r.Window.Open() {
		length = r.Window.Until.Sub(origin)
	}
	if v.now.After(origin) {
		origin = v.now
	}
	edges := v.edges(resource.Window{From: origin})
	start := time.Duration(0)
	for range maxPortTries {
		found, ok := gap(edges, start, length, need, limit)
		if !ok {
			return nil
		}
		begin := origin.Add(found)
		window := resource.Window{From: begin}
		if length != never {
			window.Until = begin.Add(length)
		}
		if len(r.PortNames) == 0 || v.hasPorts(l, r.PortNames, &window) {
			return &begin
		}
		if start, ok = nextEnd(edges, found); !ok {
			return nil
		}
	}
	return nil
}

func (v *view) hasPorts(l *Limits, names []string, window *resource.Window) bool {
	_, used := v.tally(window)
	return v.pick(l, names, window, used) != nil
}

// gap finds the first stretch from start on that is long enough and has room for need throughout.
func gap(edges []edge, start, length time.Duration, need, limit load) (time.Duration, bool) {
	candidate, ok := start, false
	sweep(edges, func(_, until time.Duration, taken load) bool {
		if until <= candidate {
			return true
		}
		taken.add(need)
		if taken.excess(limit) != "" {
			candidate = until
			return true
		}
		ok = until == never || until-candidate >= length
		return !ok
	})
	return candidate, ok
}

// nextEnd is the first moment after an instant at which something ends.
func nextEnd(edges []edge, after time.Duration) (time.Duration, bool) {
	for _, edge := range edges {
		if edge.ends && edge.at > after {
			return edge.at, true
		}
	}
	return 0, false
}
