package memkv

import (
	"context"
	"sort"
	"strings"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
)

// Watch implements etcdkv.Store. While the store is down a watch is silent, and afterwards goes on where it was, as
// etcd's client does by itself.
func (s *Store) Watch(ctx context.Context, prefix string, fromRevision int64) <-chan etcdkv.Batch {
	out := make(chan etcdkv.Batch)
	s.mu.Lock()
	if fromRevision == 0 {
		fromRevision = s.revision + 1
	}
	w := &watch{store: s, prefix: prefix, next: fromRevision, cut: s.cut}
	s.mu.Unlock()
	go w.run(ctx, out)
	return out
}

type watch struct {
	store  *Store
	prefix string
	next   int64
	cut    int
}

func (w *watch) run(ctx context.Context, out chan<- etcdkv.Batch) {
	defer close(out)
	progress := time.NewTicker(etcdkv.ProgressInterval)
	defer progress.Stop()
	due := false
	for ctx.Err() == nil {
		batch, send, changed := w.look(due)
		due = false
		if send {
			select {
			case out <- batch:
			case <-ctx.Done():
				return
			}
			if batch.Err != nil {
				return
			}
			continue
		}
		select {
		case <-ctx.Done():
		case <-changed:
		case <-progress.C:
			due = true
		}
	}
}

// look gives the next batch, if there is one, and what to wait for otherwise.
func (w *watch) look(progress bool) (batch etcdkv.Batch, send bool, changed <-chan struct{}) {
	s := w.store
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case w.cut != s.cut:
		return etcdkv.Batch{Err: etcdkv.ErrNoLeader}, true, nil
	case s.down:
		return batch, false, s.changed
	case w.next < s.compacted:
		return etcdkv.Batch{Err: etcdkv.ErrCompacted}, true, nil
	}
	batch = etcdkv.Batch{Revision: s.revision, ClusterID: s.cluster}
	first := sort.Search(len(s.history), func(i int) bool { return s.history[i].Item.ModRevision >= w.next })
	for _, event := range s.history[first:] {
		if strings.HasPrefix(event.Item.Key, w.prefix) {
			batch.Events = append(batch.Events, event)
		}
	}
	if len(batch.Events) == 0 {
		return batch, progress, s.changed
	}
	batch.Revision = batch.Events[len(batch.Events)-1].Item.ModRevision
	w.next = batch.Revision + 1
	return batch, true, nil
}
