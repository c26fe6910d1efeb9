package worker

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/booking"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// EventCapacityRecalculated tells that somebody had the book gone through.
const EventCapacityRecalculated = "cml_worker.capacity.recalculated.v1"

type capacityRecalculated struct {
	base
	CPUCores    int       `json:"recalculated_cpu_cores"`
	MemoryGB    int       `json:"recalculated_memory_gb"`
	StorageGB   int       `json:"recalculated_storage_gb"`
	MaxNodes    *int      `json:"recalculated_max_nodes,omitempty"`
	ActiveIDs   []string  `json:"active_instance_ids"`
	StaleIDs    []string  `json:"stale_instance_ids"`
	RequestedBy string    `json:"requested_by"`
	At          time.Time `json:"recalculated_at"`
}

// Recalculate releases the entries of holders that need them no more, if they have stood since before cutoff, and tells
// what is left. What is allocated derives from the book, so that there is no sum which could be wrong.
func (w *Worker) Recalculate(stale []booking.Holder, cutoff time.Time, margin time.Duration, act parts.Act) {
	released := []string{}
	for _, holder := range stale {
		if entry, ok := w.Book.Find(holder); ok && entry.Since.Before(cutoff) {
			w.Release(act, holder)
			released = append(released, holder.InstanceID)
		}
	}
	active := []string{}
	for _, entry := range w.Book.Entries {
		if entry.Holder.InstanceID != "" {
			active = append(active, entry.Holder.InstanceID)
		}
	}
	sum := w.Book.Allocated(act.At, margin)
	w.Note(EventCapacityRecalculated, capacityRecalculated{
		base: base{w.ID}, CPUCores: sum.CPUCores, MemoryGB: sum.MemoryGB, StorageGB: sum.StorageGB, MaxNodes: sum.MaxNodes,
		ActiveIDs: active, StaleIDs: released, RequestedBy: act.By, At: act.At,
	})
	w.refresh(act.At)
}
