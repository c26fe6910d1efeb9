package assign

import (
	"slices"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/resource-scheduler/internal/placement"
)

// assumptions are bookings that the API has accepted and that the cache does not show yet.
type assumptions struct {
	byInstance map[string]assumption
}

type assumption struct {
	worker  string
	version int64
	entry   booking.Entry
}

func newAssumptions() assumptions { return assumptions{byInstance: map[string]assumption{}} }

// add remembers an accepted booking until the instance's version is seen.
func (a *assumptions) add(d placement.Decision, ack api.Ack) {
	request := placement.Request(d.Lab, d.Lab.Instance.CreatedAt, 0)
	entry := booking.Entry{
		Holder: booking.Holder{InstanceID: ack.ID, Attempt: ack.Attempt}, State: booking.Booked, Requirements: request.Requirements,
		Nodes: request.Nodes, Ports: ack.AllocatedPorts, From: request.Window.From, Until: request.Window.Until,
	}
	a.byInstance[ack.ID] = assumption{worker: d.WorkerID, version: ack.Version, entry: entry}
}

// settle forgets what the caches show: the instance's version, and the booking in its worker's book unless the instance has
// moved on. The two caches may lag apart.
func (a *assumptions) settle(m Models) {
	for id, assumed := range a.byInstance {
		i, _, ok := m.Instances.Get(id)
		if ok && i.Version < assumed.version {
			continue
		}
		here := ok && i.Status.Placed() && i.WorkerID == assumed.worker && i.Attempt == assumed.entry.Holder.Attempt
		worker, _, _ := m.Workers.Get(assumed.worker)
		_, shown := (booking.Book{Entries: worker.Book}).Find(assumed.entry.Holder)
		if !here || shown {
			delete(a.byInstance, id)
		}
	}
}

// scheduled reports an instance that the API has scheduled although the cache may still show it as pending.
func (a *assumptions) scheduled(i readmodel.Instance) bool {
	assumed, ok := a.byInstance[i.ID]
	return ok && i.Version < assumed.version
}

// overlay adds the assumed entries to the books that do not show them. The workers are copies, the cache stays as it is.
func (a *assumptions) overlay(workers []readmodel.Worker) []readmodel.Worker {
	byWorker := map[string][]booking.Entry{}
	for _, assumed := range a.byInstance {
		byWorker[assumed.worker] = append(byWorker[assumed.worker], assumed.entry)
	}
	for n := range workers {
		workers[n].Book = withAssumed(workers[n].Book, byWorker[workers[n].ID])
	}
	return workers
}

// withAssumed copies a book once, however many entries it lacks: after a burst both are long.
func withAssumed(book, assumed []booking.Entry) []booking.Entry {
	if len(assumed) == 0 {
		return book
	}
	shown := make(map[booking.Holder]bool, len(book))
	for i := range book {
		shown[book[i].Holder] = true
	}
	all := slices.Clone(book)
	for _, entry := range assumed {
		if !shown[entry.Holder] {
			all = append(all, entry)
		}
	}
	return all
}
