package reconcile

import (
	"context"
	"sync"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// Ref names the version of an aggregate that a command of this process has written.
type Ref struct {
	Kind                readmodel.Kind
	ID                  string
	Version, Generation int64
}

// Writes remembers what this process has written until its caches show it. The client notes what every answer names;
// Models tells what is seen; a Gate asks.
type Writes struct {
	mu    sync.Mutex
	notes map[noteKey]*note
	swept time.Time
}

type noteKey struct {
	kind readmodel.Kind
	id   string
}

type note struct {
	version int64
	since   time.Time
	seen    chan struct{}
}

// noteLife bounds how long a note is kept that nobody asks for, such as one of a kind that this service does not watch.
const noteLife = 10 * time.Minute

// NewWrites makes an empty memory.
func NewWrites() *Writes { return &Writes{notes: map[noteKey]*note{}} }

// Note remembers a write. Of several versions of an aggregate the highest counts.
func (w *Writes) Note(ref Ref) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sweep()
	key := noteKey{ref.Kind, ref.ID}
	n := w.notes[key]
	if n == nil {
		n = &note{seen: make(chan struct{})}
		w.notes[key] = n
	}
	if ref.Version > n.version {
		n.version, n.since = ref.Version, time.Now()
	}
}

// Fresh reports whether a model of a version is at least as new as what was noted for it. Without a model give 0.
func (w *Writes) Fresh(kind readmodel.Kind, id string, seenVersion int64) bool {
	noted, _, waiting := w.pending(kind, id)
	return !waiting || seenVersion >= noted
}

// Seen tells that a cache now shows a version.
func (w *Writes) Seen(kind readmodel.Kind, id string, version int64) {
	w.end(kind, id, func(n *note) bool { return version >= n.version })
}

// Forget drops what was noted of an aggregate up to a version, because a newer answer than the cache's was had otherwise.
func (w *Writes) Forget(kind readmodel.Kind, id string, version int64) { w.Seen(kind, id, version) }

// WaitFor returns when what was noted of an aggregate is seen, or when nothing is noted. It fails when ctx ends.
func (w *Writes) WaitFor(ctx context.Context, kind readmodel.Kind, id string) error {
	w.mu.Lock()
	n := w.notes[noteKey{kind, id}]
	w.mu.Unlock()
	if n == nil {
		return nil
	}
	select {
	case <-n.seen:
		return nil
	case <-ctx.Done():
		return failure.Wrap(ctx.Err(), failure.Unavailable, "write_not_seen", "the last write of %s/%s is not seen yet", kind, id)
	}
}

// pending tells the version that is waited for, and since when.
func (w *Writes) pending(kind readmodel.Kind, id string) (version int64, since time.Time, waiting bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := w.notes[noteKey{kind, id}]
	if n == nil {
		return 0, time.Time{}, false
	}
	return n.version, n.since, true
}

func (w *Writes) end(kind readmodel.Kind, id string, over func(*note) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	key := noteKey{kind, id}
	if n := w.notes[key]; n != nil && over(n) {
		close(n.seen)
		delete(w.notes, key)
	}
}

// sweep drops old notes, now and then. The lock is held.
func (w *Writes) sweep() {
	now := time.Now()
	if now.Sub(w.swept) < noteLife/10 {
		return
	}
	w.swept = now
	for key, n := range w.notes {
		if now.Sub(n.since) > noteLife {
			close(n.seen)
			delete(w.notes, key)
		}
	}
}
