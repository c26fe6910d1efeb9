package reconcile

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// Meta places a read model in its aggregate's history.
type Meta struct {
	// Epoch is the id of the store's data; versions of different epochs do not compare.
	Epoch string
	// Version rises with every change, from 1; Generation only with those that call for a reconcile. Both are 0 where there
	// is no model.
	Version, Generation int64
}

// Listener is told of one change of a read model. old is zero when the model is new, new is zero when it is gone.
type Listener func(id string, old, new Meta, gone bool)

// Models is a typed, always current copy of all read models of a kind. The models that it gives are shared: read them,
// never write to them.
type Models[M any] struct {
	kind   readmodel.Kind
	log    *slog.Logger
	writes *Writes
	mirror *etcdkv.Mirror

	mu        sync.RWMutex
	models    map[string]entryOf[M]
	broken    map[string]error
	listeners []Listener
}

type entryOf[M any] struct {
	model M
	meta  Meta
}

// ModelsOptions says what a Models works with.
type ModelsOptions struct {
	// Writes is told of every version seen; may be nil.
	Writes *Writes
	// Log may be nil.
	Log *slog.Logger
}

// NewModels makes a copy that Run fills.
func NewModels[M any](store etcdkv.Store, kind readmodel.Kind, options ModelsOptions) *Models[M] {
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	m := &Models[M]{
		kind: kind, log: options.Log, writes: options.Writes,
		models: map[string]entryOf[M]{}, broken: map[string]error{},
	}
	m.mirror = etcdkv.NewMirror(store, readmodel.Prefix(kind), m.take, etcdkv.WithLog(options.Log))
	return m
}

// OnChange registers a listener. It is called from Run, one change after another, when Get shows the change already; it
// must not block. Register before Run, or miss what came before.
func (m *Models[M]) OnChange(listener Listener) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.listeners = append(m.listeners, listener)
}

// Run keeps the copy current until ctx ends; then it returns nil.
func (m *Models[M]) Run(ctx context.Context) error { return m.mirror.Run(ctx) }

// WaitSynced returns when the first list is in, or with an error when ctx ends.
func (m *Models[M]) WaitSynced(ctx context.Context) error { return m.mirror.WaitSynced(ctx) }

// Synced reports whether the first list is in.
func (m *Models[M]) Synced() bool { return m.mirror.Synced() }

// Check is nil while the copy is in touch with etcd and all of it can be read. It is meant for readiness.
func (m *Models[M]) Check() error {
	if err := m.mirror.Check(); err != nil {
		return err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	for id := range m.broken {
		return failure.New(failure.Internal, "model_unreadable",
			"%d of %s cannot be read, %s among them: a newer release may have written them", len(m.broken), m.kind, id)
	}
	return nil
}

// Get gives one model.
func (m *Models[M]) Get(id string) (M, Meta, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	e, found := m.models[id]
	return e.model, e.meta, found
}

// Len is how many models there are.
func (m *Models[M]) Len() int {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return len(m.models)
}

// Unreadable is how many read models this release cannot read.
func (m *Models[M]) Unreadable() int {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return len(m.broken)
}

// Lists counts how often all were listed: once, and once more for each watch that was lost.
func (m *Models[M]) Lists() int64 { return m.mirror.Lists() }

// take is the mirror's onChange.
func (m *Models[M]) take(change etcdkv.Change) {
	id := strings.TrimPrefix(change.Key, readmodel.Prefix(m.kind))
	var now entryOf[M]
	if change.Item != nil {
		state, err := readmodel.DecodeState[M](change.Item.Value)
		if err != nil {
			m.refuse(id, err)
			return
		}
		now = entryOf[M]{model: state.Model, meta: Meta{state.Epoch, state.Version, state.Generation}}
	}
	old, listeners := m.store(id, now, change.Item == nil)
	if m.writes != nil && change.Item != nil {
		m.writes.Seen(m.kind, id, now.meta.Version)
	}
	for _, listener := range listeners {
		listener(id, old, now.meta, change.Item == nil)
	}
}

func (m *Models[M]) store(id string, now entryOf[M], gone bool) (old Meta, listeners []Listener) {
	m.mu.Lock()
	defer m.mu.Unlock()
	old = m.models[id].meta
	delete(m.broken, id)
	if gone {
		delete(m.models, id)
	} else {
		m.models[id] = now
	}
	return old, m.listeners
}

// refuse keeps the model that was there: acting on an old one is stopped by its generation, acting on none is not.
func (m *Models[M]) refuse(id string, err error) {
	m.log.Error("read model cannot be read", "kind", m.kind, "id", id, "error", err)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.broken[id] = fmt.Errorf("read model %s/%s: %w", m.kind, id, err)
}
