package repo

import (
	"context"
	"slices"
	"sync"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// Written gathers what a command has written, so that its answer can name it. It is safe for concurrent use.
type Written struct {
	mu  sync.Mutex
	all []api.Written
}

type writtenKey struct{}

// WithWritten makes a context whose writes are gathered.
func WithWritten(ctx context.Context) (context.Context, *Written) {
	w := &Written{}
	return context.WithValue(ctx, writtenKey{}, w), w
}

// All gives the writes, each aggregate once with its highest version, in the order of its first write.
func (w *Written) All() []api.Written {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.all)
}

func (w *Written) add(one api.Written) {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := slices.IndexFunc(w.all, func(o api.Written) bool { return o.Kind == one.Kind && o.ID == one.ID })
	switch {
	case i < 0:
		w.all = append(w.all, one)
	case w.all[i].Version < one.Version:
		w.all[i] = one
	}
}

// noteWritten also names an aggregate whose change was there already: the caller must see that version before it decides
// again.
func noteWritten(ctx context.Context, one api.Written) {
	if w, ok := ctx.Value(writtenKey{}).(*Written); ok {
		w.add(one)
	}
}
