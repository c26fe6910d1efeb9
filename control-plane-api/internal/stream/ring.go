package stream

import (
	"sort"
	"sync"
)

// ringSize is how many changes are remembered: how far a reader may lag behind or have been away.
const ringSize = 10_000

// entry is what one change of one key tells.
type entry struct {
	revision int64
	frames   []frame
}

// ring holds the last changes in the order of their revisions. Readers keep a place in it and take what follows at their own
// pace; a reader whose place is overwritten has lost something and is told.
type ring struct {
	mu      sync.RWMutex
	entries []entry
	// first and next are places: the oldest entry that is there, and the next one to come. A place never changes.
	first, next int64
	// begun is the place from which on revisions are those of cluster.
	begun   int64
	cluster uint64
	// floor is the highest revision of which something may be missing; revision is the one that all is in up to.
	floor, revision int64
	// changed is closed and replaced when there is more to read.
	changed chan struct{}
}

func newRing(size int) *ring {
	return &ring{entries: make([]entry, size), changed: make(chan struct{})}
}

// begin notes that the history of a cluster counts from a revision on. What was read before can still be read on, but an id
// from then resumes nothing.
func (r *ring) begin(cluster uint64, revision int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cluster, r.floor, r.revision, r.begun = cluster, revision, revision, r.next
}

// add appends a change; one that tells nothing only moves the revision on.
func (r *ring) add(e entry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.revision = max(r.revision, e.revision)
	if len(e.frames) == 0 {
		return
	}
	size := int64(len(r.entries))
	if r.next-r.first == size {
		if r.first >= r.begun {
			r.floor = max(r.floor, r.entries[r.first%size].revision)
		}
		r.first++
	}
	r.entries[r.next%size] = e
	r.next++
	close(r.changed)
	r.changed = make(chan struct{})
}

// advance notes that all up to a revision is in.
func (r *ring) advance(revision int64) { r.add(entry{revision: revision}) }

// position is where a reader stands.
type position struct {
	place    int64
	cluster  uint64
	revision int64
}

// id is what a reader comes back with; empty where it could not be resumed.
func (p position) id() string {
	if p.revision == 0 {
		return ""
	}
	return eventID(p.cluster, p.revision)
}

// end is the place behind all that is there.
func (r *ring) end() position {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return position{place: r.next, cluster: r.cluster, revision: r.revision}
}

// resume finds the place behind a revision; false when something since then may be missing.
func (r *ring) resume(cluster uint64, revision int64) (position, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if cluster != r.cluster || revision < r.floor || revision > r.revision {
		return position{}, false
	}
	from := max(r.first, r.begun)
	behind := sort.Search(int(r.next-from), func(i int) bool {
		return r.entries[(from+int64(i))%int64(len(r.entries))].revision > revision
	})
	return position{place: from + int64(behind), cluster: cluster, revision: revision}, true
}

// after gives at most limit entries from a place on, and the position behind them. lost tells that the place has been
// overwritten. Without entries, more is closed when there are some.
func (r *ring) after(p position, limit int) (entries []entry, next position, lost bool, more <-chan struct{}) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if p.place < r.first {
		return nil, p, true, nil
	}
	n := min(int(r.next-p.place), limit)
	entries = make([]entry, n)
	for i := range entries {
		entries[i] = r.entries[(p.place+int64(i))%int64(len(r.entries))]
	}
	next = position{place: p.place + int64(n), cluster: r.cluster}
	switch {
	case next.place == r.next:
		next.revision = r.revision
	case next.place > r.begun:
		// Others of the same revision may follow: only what lies before is certainly complete.
		next.revision = entries[n-1].revision - 1
	}
	return entries, next, false, r.changed
}
