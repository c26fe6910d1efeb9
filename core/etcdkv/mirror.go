package etcdkv

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// Change tells what became of one key.
type Change struct {
	Key string
	// Item is what the key holds now; nil when it is gone.
	Item *Item
	// Previous is what the mirror held before; nil when the key is new to it.
	Previous *Item
}

// Mirror keeps a copy of all keys below a prefix: it lists them at one revision and watches from the next. It lists again
// when the history was compacted, after SilenceLimit without a word, and when the cluster id changed, the revision fell or
// some keys that it looks at now and then are not what it holds, as after a wipe or a restore. It never gives up.
type Mirror struct {
	store    Store
	prefix   string
	onChange func(Change)
	options  mirrorOptions
	synced   chan struct{}

	mu       sync.RWMutex
	items    map[string]Item
	ordered  []string // keys in order; nil when it must be made anew
	revision int64
	cluster  uint64
	heard    time.Time
	listed   bool
	relists  int64
}

// SilenceLimit is how long a mirror waits for a word from its watch before it lists again.
const SilenceLimit = 20 * time.Second

type mirrorOptions struct {
	pageSize int
	log      *slog.Logger
}

// MirrorOption changes how a mirror works.
type MirrorOption func(*mirrorOptions)

// WithPageSize sets how many keys a page of a list has; 500 when not given.
func WithPageSize(keys int) MirrorOption { return func(o *mirrorOptions) { o.pageSize = keys } }

// WithLog lets the mirror tell about lost watches; silent when not given.
func WithLog(log *slog.Logger) MirrorOption { return func(o *mirrorOptions) { o.log = log } }

// NewMirror makes a mirror that Run fills. onChange may be nil; it is called from Run, one change after another, in the
// order of revisions, when the cache holds the change already. It must not block for long.
func NewMirror(store Store, prefix string, onChange func(Change), options ...MirrorOption) *Mirror {
	o := mirrorOptions{pageSize: 500, log: slog.New(slog.DiscardHandler)}
	for _, option := range options {
		option(&o)
	}
	if onChange == nil {
		onChange = func(Change) {}
	}
	return &Mirror{
		store: store, prefix: prefix, onChange: onChange, options: o,
		synced: make(chan struct{}), items: map[string]Item{},
	}
}

// WaitSynced returns when the first list is in, or with the error of ctx.
func (m *Mirror) WaitSynced(ctx context.Context) error {
	if m.Synced() {
		return nil
	}
	select {
	case <-m.synced:
		return nil
	case <-ctx.Done():
		return failure.Wrap(ctx.Err(), failure.Unavailable, "etcd_not_synced", "%s is not read from etcd yet", m.prefix)
	}
}

// Synced reports whether the mirror has ever listed its prefix.
func (m *Mirror) Synced() bool {
	select {
	case <-m.synced:
		return true
	default:
		return false
	}
}

// Check is nil while the mirror is in touch with etcd: it has listed, and heard something within SilenceLimit. It is meant
// for readiness.
func (m *Mirror) Check() error {
	if !m.Synced() {
		return failure.New(failure.Unavailable, "etcd_not_synced", "%s is not read from etcd yet", m.prefix)
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	// The list that follows a silence may take a moment itself.
	if silent := time.Since(m.heard); silent > SilenceLimit+time.Second || !m.listed {
		return failure.New(failure.Unavailable, "etcd_silent", "nothing heard from etcd about %s", m.prefix)
	}
	return nil
}

// Get reads a key of the copy.
func (m *Mirror) Get(key string) (Item, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	item, found := m.items[key]
	return item, found
}

// Range calls visit with each item in key order until it returns false. It works on the state at the time of the call;
// visit may call the mirror.
func (m *Mirror) Range(visit func(Item) bool) {
	for _, item := range m.snapshot() {
		if !visit(item) {
			return
		}
	}
}

// Len is how many keys the copy has.
func (m *Mirror) Len() int {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return len(m.items)
}

// Revision is the one that the copy has come to, 0 before the first list.
func (m *Mirror) Revision() int64 {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.revision
}

// Lists counts how often the prefix was listed.
func (m *Mirror) Lists() int64 {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.relists
}
