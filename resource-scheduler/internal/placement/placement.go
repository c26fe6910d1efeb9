// Package placement decides which worker each waiting lab goes to. It is plain: a snapshot and the time go in, decisions
// with their reasons come out, and the same input gives the same output.
package placement

import (
	"cmp"
	"slices"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// Lab is a waiting instance with its definition.
type Lab struct {
	Instance   readmodel.Instance
	Definition readmodel.Definition
}

// Snapshot is what a run decides on.
type Snapshot struct {
	Workers []readmodel.Worker
	Waiting []Lab
	// Margin is kept free after a slot.
	Margin time.Duration
}

// Category says which filter refused.
type Category string

// The filters, in their order.
const (
	NotPlaceable Category = "not_placeable"
	License      Category = "license"
	Capacity     Category = "capacity"
	AMI          Category = "ami"
	Ports        Category = "ports"
)

// Refusal says why a worker does not take a lab.
type Refusal struct {
	WorkerID string
	Category Category
	Detail   string
	// FreeAt is when it would fit, where that is known.
	FreeAt *time.Time
}

// Decision is what was decided for one lab: a worker, or why none.
type Decision struct {
	Lab      Lab
	WorkerID string
	Refusals []Refusal
}

// Placed reports whether a worker was found.
func (d Decision) Placed() bool { return d.WorkerID != "" }

// Order sorts labs as they are served: by timeslot start (as soon as possible counts from creation), then creation, then id.
func Order(labs []Lab) []Lab {
	ordered := slices.Clone(labs)
	slices.SortFunc(ordered, func(a, b Lab) int {
		return cmp.Or(
			startOf(a.Instance).Compare(startOf(b.Instance)),
			a.Instance.CreatedAt.Compare(b.Instance.CreatedAt),
			cmp.Compare(a.Instance.ID, b.Instance.ID),
		)
	})
	return ordered
}

func startOf(i readmodel.Instance) time.Time {
	if i.TimeslotStart == nil {
		return i.CreatedAt
	}
	return *i.TimeslotStart
}

// Window is the time that a lab would take on a worker, lead and margin included.
func Window(i readmodel.Instance, now time.Time, margin time.Duration) resource.Window {
	lead := time.Duration(i.LeadSeconds * float64(time.Second))
	if i.TimeslotStart == nil || i.TimeslotEnd == nil {
		duration := time.Duration(i.DurationMinutes * float64(time.Minute))
		return resource.Window{From: now, Until: now.Add(lead + duration + margin)}
	}
	return resource.Window{From: *i.TimeslotStart, Until: *i.TimeslotEnd}.Widen(lead, margin)
}

// Request is what a lab asks of a book.
func Request(l Lab, now time.Time, margin time.Duration) booking.Request {
	return booking.Request{
		Holder:       booking.Holder{InstanceID: l.Instance.ID, Attempt: NextAttempt(l.Instance)},
		Requirements: l.Definition.Requirements, Nodes: l.Definition.NodeCount, PortNames: l.Definition.PortTemplate.Names(),
		Window: Window(l.Instance, now, margin),
	}
}

// NextAttempt is the attempt that a waiting instance would be placed as: a requeue has raised it already, the first
// placement makes it 1.
func NextAttempt(i readmodel.Instance) int { return max(1, i.Attempt) }

// Fleet is the workers of a run with the bookings that the run itself assumes.
type Fleet struct {
	machines []*machine
	margin   time.Duration
}

type machine struct {
	worker readmodel.Worker
	book   booking.Book
	limits booking.Limits
}

// NewFleet takes a snapshot's workers. Their books are copied, so the snapshot stays as it is.
func NewFleet(workers []readmodel.Worker, margin time.Duration) *Fleet {
	f := &Fleet{margin: margin}
	ordered := slices.Clone(workers)
	slices.SortFunc(ordered, func(a, b readmodel.Worker) int { return cmp.Compare(a.ID, b.ID) })
	for _, w := range ordered {
		f.Add(w)
	}
	return f
}

// Add takes one more worker into the fleet; it comes last.
func (f *Fleet) Add(w readmodel.Worker) {
	f.machines = append(f.machines, &machine{worker: w, book: booking.Book{Entries: slices.Clone(w.Book)}, limits: w.Limits()})
}

// Place decides all waiting labs in order; each sees what was assumed for those before it.
func Place(s Snapshot, now time.Time) []Decision {
	fleet := NewFleet(s.Workers, s.Margin)
	decisions := make([]Decision, 0, len(s.Waiting))
	for _, lab := range Order(s.Waiting) {
		decisions = append(decisions, fleet.Place(lab, now))
	}
	return decisions
}

// Place finds a worker for a lab and assumes the booking.
func (f *Fleet) Place(lab Lab, now time.Time) Decision {
	request := Request(lab, now, f.margin)
	decision := Decision{Lab: lab}
	var best *machine
	for _, m := range f.machines {
		if refusal := m.refuse(lab, request, now, f.margin); refusal != nil {
			decision.Refusals = append(decision.Refusals, *refusal)
			continue
		}
		if best == nil || better(m, best, request, now, f.margin) {
			best = m
		}
	}
	if best == nil {
		return decision
	}
	// The fit was decided just before on the same book, so this cannot refuse.
	if _, refusal := best.book.Book(best.limits, request, now, f.margin); refusal == nil {
		decision.WorkerID, decision.Refusals = best.worker.ID, nil
	}
	return decision
}
