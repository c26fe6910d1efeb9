package command

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/booking"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// bookGroups books placements in their order. Those of a group are tried on a copy of the book first: if one of them does
// not fit none is booked, and all carry its refusal.
func bookGroups(w *worker.Worker, all []*placement, margin time.Duration, act parts.Act, refusals map[*placement]*booking.Refusal) {
	done := map[string]bool{}
	for _, p := range all {
		switch {
		case p.request == nil || p.group != "" && done[p.group]:
		case p.group == "":
			book(w, []*placement{p}, margin, act, refusals)
		default:
			done[p.group] = true
			book(w, members(all, p.group), margin, act, refusals)
		}
	}
}

func book(w *worker.Worker, group []*placement, margin time.Duration, act parts.Act, refusals map[*placement]*booking.Refusal) {
	requests := make([]booking.Request, 0, len(group))
	trial := w.Book.Clone()
	for _, p := range group {
		if _, refusal := trial.Book(w.Limits(), *p.request, act.At, margin); refusal != nil {
			for _, member := range group {
				refusals[member] = refusal
			}
			return
		}
		requests = append(requests, *p.request)
	}
	for n, refusal := range w.BookEach(requests, margin, act) {
		if refusal != nil {
			refusals[group[n]] = refusal
		}
	}
}

func members(all []*placement, group string) []*placement {
	var found []*placement
	for _, p := range all {
		if p.request != nil && p.group == group {
			found = append(found, p)
		}
	}
	return found
}
