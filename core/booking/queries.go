package booking

import (
	"slices"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// PortAllocation is what a holder has of the ports now.
type PortAllocation struct {
	Holder      Holder         `json:"holder"`
	Ports       map[string]int `json:"ports"`
	AllocatedAt time.Time      `json:"allocated_at"`
}

// Allocated sums the entries whose window holds now. MaxNodes is the number of nodes, never nil.
func (b Book) Allocated(now time.Time, margin time.Duration) resource.Capacity {
	var sum load
	for i := range b.Entries {
		if b.Entries[i].Occupies(now, margin).Contains(now) {
			sum.add(b.Entries[i].load())
		}
	}
	return resource.Capacity{CPUCores: sum.cpu, MemoryGB: sum.memory, StorageGB: sum.storage, MaxNodes: &sum.nodes}
}

// Available is what the limits leave beside Allocated, never below zero. MaxNodes is nil where nothing limits nodes.
func (b Book) Available(l Limits, now time.Time, margin time.Duration) resource.Capacity {
	declared := l.Declared
	if l.NodeLimit != nil || declared.MaxNodes != nil {
		nodes := l.load().nodes
		declared.MaxNodes = &nodes
	}
	return declared.Subtract(b.Allocated(now, margin))
}

// Peak is the most that the book takes at any one moment of a window, each amount for itself.
func (b Book) Peak(window resource.Window, now time.Time, margin time.Duration) resource.Capacity {
	v := b.view(Holder{}, now, margin)
	var peak load
	sweep(v.edges(window), func(_, _ time.Duration, taken load) bool {
		peak = load{
			cpu: max(peak.cpu, taken.cpu), memory: max(peak.memory, taken.memory),
			storage: max(peak.storage, taken.storage), nodes: max(peak.nodes, taken.nodes),
		}
		return true
	})
	return resource.Capacity{CPUCores: peak.cpu, MemoryGB: peak.memory, StorageGB: peak.storage, MaxNodes: &peak.nodes}
}

// HeldByInstances lists the entries that stand for an instance's lab: while there is one the worker must not be
// paused, stopped or terminated.
func (b Book) HeldByInstances() []Entry {
	var held []Entry
	for i := range b.Entries {
		if b.Entries[i].State == Held && b.Entries[i].Holder.InstanceID != "" {
			held = append(held, b.Entries[i])
		}
	}
	return held
}

// InstanceDueWithin reports whether the window of an instance's booked entry is under way or begins within d.
func (b Book) InstanceDueWithin(now time.Time, d time.Duration) bool {
	horizon := now.Add(d)
	for i := range b.Entries {
		entry := &b.Entries[i]
		if entry.State != Booked || entry.Holder.InstanceID == "" || entry.From.After(horizon) {
			continue
		}
		if entry.Until.IsZero() || entry.Until.After(now) {
			return true
		}
	}
	return false
}

// Overbooked reports whether from now on the book exceeds the limits at any moment: the capacity has shrunk. With a
// margin, labs that are held past their end count until now + margin; with none they count only at this moment.
func (b Book) Overbooked(l Limits, now time.Time, margin time.Duration) bool {
	v := b.view(Holder{}, now, margin)
	return v.shortage(resource.Window{From: now}, load{}, l.load()) != nil
}

// PortAllocations lists who has which ports now.
func (b Book) PortAllocations(now time.Time) []PortAllocation {
	var allocations []PortAllocation
	for i := range b.Entries {
		entry := &b.Entries[i]
		if len(entry.Ports) == 0 || !entry.Occupies(now, 0).Contains(now) {
			continue
		}
		allocation := PortAllocation{Holder: entry.Holder, Ports: make(map[string]int, len(entry.Ports)), AllocatedAt: entry.Since}
		for _, port := range entry.Ports {
			allocation.Ports[port.Name] = port.Number
		}
		allocations = append(allocations, allocation)
	}
	return allocations
}

// Displaced lists the booked entries that must move away so that the rest stays within the limits: those that came
// last go first. What is held stays, whatever it takes.
func (b Book) Displaced(l Limits, now time.Time, margin time.Duration) []Entry {
	if !b.Overbooked(l, now, margin) {
		return nil
	}
	var kept Book
	var waiting, displaced []Entry
	for _, entry := range b.Entries {
		if entry.State == Held {
			kept.Entries = append(kept.Entries, entry)
		} else if entry.Until.IsZero() || entry.Until.After(now) {
			waiting = append(waiting, entry)
		}
	}
	slices.SortStableFunc(waiting, func(a, b Entry) int { return a.Since.Compare(b.Since) })
	for _, entry := range waiting {
		v := kept.view(entry.Holder, now, margin)
		if v.shortage(entry.Window(), entry.load(), l.load()) != nil {
			displaced = append(displaced, entry)
			continue
		}
		kept.Entries = append(kept.Entries, entry)
	}
	return displaced
}
