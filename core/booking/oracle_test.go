package booking

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// base is a fixed origin; all times of the tests are minutes from it.
var base = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func minute(n int) time.Time { return base.Add(time.Duration(n) * time.Minute) }

const testMargin = 5 * time.Minute

// occupied is the oracle's own reading of an entry: minutes, end excluded.
func occupied(e Entry, now time.Time) (from, until time.Time) {
	from, until = e.From, e.Until
	if until.IsZero() {
		until = minute(1 << 20)
	}
	if e.State == Held {
		if e.Since.Before(from) {
			from = e.Since
		}
		if !until.After(now) {
			until = now.Add(testMargin)
		}
	}
	return from, until
}

// naive goes through a window minute by minute and says what is exceeded by the entries of the book together.
func naive(b Book, l Limits, w resource.Window, now time.Time, plus load) Code {
	until := w.Until
	if w.Open() {
		until = minute(600)
	}
	for at := w.From; at.Before(until); at = at.Add(time.Minute) {
		sum := plus
		for _, e := range b.Entries {
			if from, to := occupied(e, now); !at.Before(from) && at.Before(to) {
				sum.cpu += takes(e, e.Requirements.CPUCores)
				sum.memory += takes(e, e.Requirements.MemoryGB)
				sum.storage += e.Requirements.StorageGB
				sum.nodes += takes(e, e.Nodes)
			}
		}
		switch {
		case sum.cpu > l.Declared.CPUCores:
			return InsufficientCPU
		case sum.memory > l.Declared.MemoryGB:
			return InsufficientMemory
		case sum.storage > l.Declared.StorageGB:
			return InsufficientStorage
		case l.NodeLimit != nil && sum.nodes > *l.NodeLimit:
			return InsufficientNodes
		}
	}
	return ""
}

func takes(e Entry, amount int) int {
	if e.Idle {
		return 0
	}
	return amount
}

// portClash names a port that two entries have at the same time, where one of them is mine.
func portClash(b Book, mine Holder, now time.Time) string {
	entry, _ := b.Find(mine)
	from, until := occupied(entry, now)
	for _, other := range b.Entries {
		if other.Holder == mine {
			continue
		}
		if f, u := occupied(other, now); !f.Before(until) || !from.Before(u) {
			continue
		}
		for _, a := range entry.Ports {
			for _, b := range other.Ports {
				if a.Number == b.Number {
					return fmt.Sprintf("%d of %v and %v", a.Number, mine, other.Holder)
				}
			}
		}
	}
	return ""
}

func without(b Book, holder Holder) Book {
	var rest Book
	for _, e := range b.Entries {
		if e.Holder != holder {
			rest.Entries = append(rest.Entries, e)
		}
	}
	return rest
}

func testLimits() Limits {
	nodes := 12
	return Limits{
		Declared:  resource.Capacity{CPUCores: 10, MemoryGB: 20, StorageGB: 60},
		NodeLimit: &nodes, Ports: resource.PortRange{Min: 2000, Max: 2011}, Quarantined: []int{2001},
	}
}

func drawRequest(t *rapid.T, holder Holder) Request {
	start := rapid.IntRange(0, 120).Draw(t, "start")
	r := Request{
		Holder: holder,
		Requirements: resource.Requirements{
			CPUCores: rapid.IntRange(1, 6).Draw(t, "cpu"), MemoryGB: rapid.IntRange(1, 12).Draw(t, "memory"),
			StorageGB: rapid.IntRange(1, 25).Draw(t, "storage"),
		},
		Nodes:  rapid.IntRange(1, 6).Draw(t, "nodes"),
		Window: resource.Window{From: minute(start), Until: minute(start + rapid.IntRange(1, 60).Draw(t, "length"))},
	}
	for n := range rapid.IntRange(0, 5).Draw(t, "ports") {
		r.PortNames = append(r.PortNames, fmt.Sprintf("p%d", n))
	}
	if rapid.IntRange(0, 9).Draw(t, "open") == 0 {
		r.Window.Until = time.Time{}
	}
	r.Idle = rapid.IntRange(0, 9).Draw(t, "idle") == 0
	return r
}

func drawHolder(t *rapid.T) Holder {
	n := rapid.IntRange(0, 11).Draw(t, "holder")
	if n >= 9 {
		return Holder{LabRecordID: fmt.Sprintf("lab%d", n)}
	}
	return Holder{InstanceID: fmt.Sprintf("i%d", n), Attempt: 1}
}
