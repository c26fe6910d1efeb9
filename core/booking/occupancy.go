package booking

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// Occupies is the span that the entry counts for, as seen at now. A held entry counts from when it was taken, even if
// that was before its window, and past its end until now + margin: the lab still exists, and goes soon.
func (e *Entry) Occupies(now time.Time, margin time.Duration) resource.Window {
	window := resource.Window{From: e.From, Until: e.Until}
	if e.State != Held {
		return window
	}
	if e.Since.Before(window.From) {
		window.From = e.Since
	}
	if !window.Open() && !window.Until.After(now) {
		window.Until = now.Add(margin)
		if margin <= 0 {
			window.Until = now.Add(1)
		}
	}
	return window
}

// view is the book as one question sees it: without the entry of the holder that asks.
type view struct {
	entries []Entry
	without Holder
	now     time.Time
	margin  time.Duration
}

func (b Book) view(without Holder, now time.Time, margin time.Duration) view {
	return view{entries: b.Entries, without: without, now: now, margin: margin}
}

// overlaps tells whether an entry shares an instant with the window. It is asked for every entry of every book that is
// looked at, so the common case, a promise, goes without building a window.
func (v *view) overlaps(entry *Entry, window *resource.Window) bool {
	if entry.State == Held {
		span := entry.Occupies(v.now, v.margin)
		return span.Overlaps(*window) && entry.Holder != v.without
	}
	return (entry.Until.IsZero() || window.From.Before(entry.Until)) &&
		(window.Until.IsZero() || entry.From.Before(window.Until)) && entry.Holder != v.without
}

// tally sums the load of all that overlaps a window at all, and counts its ports: never less than is taken at any one
// moment, and mostly enough to know that all is well.
func (v *view) tally(window *resource.Window) (sum load, ports int) {
	for i := range v.entries {
		entry := &v.entries[i]
		if v.overlaps(entry, window) {
			sum.add(entry.load())
			ports += len(entry.Ports)
		}
	}
	return sum, ports
}

// held sums all held entries, whatever their windows.
func (v *view) held() load {
	var sum load
	for i := range v.entries {
		if entry := &v.entries[i]; entry.State == Held && entry.Holder != v.without {
			sum.add(entry.load())
		}
	}
	return sum
}
