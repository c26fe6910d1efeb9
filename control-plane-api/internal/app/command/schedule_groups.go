package command

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/booking"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// booker books placements on a worker.
type booker struct {
	worker   *worker.Worker
	margin   time.Duration
	act      parts.Act
	refusals map[*placement]*booking.Refusal
}

// bookGroups books placements in their order: all of a group or none, the others each for itself.
func bookGroups(w *worker.Worker, all []*placement, margin time.Duration, act parts.Act, refusals map[*placement]*booking.Refusal) {
	b := booker{worker: w, margin: margin, act: act, refusals: refusals}
	done := map[string]bool{}
	var alone []*placement
	for _, p := range all {
		switch {
		case p.request == nil || p.group != "" && done[p.group]:
		case p.group == "":
			alone = append(alone, p)
		default:
			done[p.group] = true
			b.each(alone)
			alone = nil
			b.together(members(all, p.group))
		}
	}
	b.each(alone)
}

// together tries the members of a group on a copy of the book first: if one of them does not fit none is booked, and all carry
// its refusal.
func (b booker) together(group []*placement) {
	trial := b.worker.Book.Clone()
	for _, p := range group {
		if _, refusal := trial.Book(b.worker.Limits(), *p.request, b.act.At, b.margin); refusal != nil {
			for _, member := range group {
				b.refusals[member] = refusal
			}
			return
		}
	}
	b.each(group)
}

// each books placements that stand or fall by themselves.
func (b booker) each(all []*placement) {
	requests := make([]booking.Request, 0, len(all))
	for _, p := range all {
		requests = append(requests, *p.request)
	}
	for n, refusal := range b.worker.BookEach(requests, b.margin, b.act) {
		if refusal != nil {
			b.refusals[all[n]] = refusal
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
