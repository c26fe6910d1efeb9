// Package memkv is a model of one etcd in memory, for tests: revisions, conditional writes, watches, compaction and
// leases as etcd has them, and faults on demand. It works inside a testing/synctest bubble: leases expire by timers, and
// it keeps no goroutine but those of open watches.
package memkv

import (
	"context"
	"sort"
	"strings"
	"sync"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// Store is the model. It implements etcdkv.Store and etcdkv.Leases.
type Store struct {
	mu        sync.Mutex
	revision  int64
	compacted int64
	cluster   uint64
	items     map[string]*entry
	history   []etcdkv.Event
	leases    map[int64]*lease
	lastLease int64
	down      bool
	cut       int
	// changed is closed and replaced at each change, to wake the watches.
	changed chan struct{}
}

type entry struct {
	item  etcdkv.Item
	lease int64
}

var (
	_ etcdkv.Store  = (*Store)(nil)
	_ etcdkv.Leases = (*Store)(nil)
)

// New makes an empty store. Like etcd's, its revision begins at 1.
func New() *Store {
	return &Store{
		revision: 1,
		cluster:  1,
		items:    map[string]*entry{},
		leases:   map[int64]*lease{},
		changed:  make(chan struct{}),
	}
}

// errDown is what calls answer while the store is down.
func errDown() error {
	return failure.New(failure.Unavailable, "etcd_unavailable", "etcd does not answer")
}

// enter takes the lock for a call; the caller unlocks when the error is nil.
func (s *Store) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return failure.Wrap(err, failure.Unavailable, "etcd_unavailable", "etcd did not answer in time")
	}
	s.mu.Lock()
	if s.down {
		s.mu.Unlock()
		return errDown()
	}
	return nil
}

// Get implements etcdkv.Store.
func (s *Store) Get(ctx context.Context, key string) (etcdkv.Item, bool, error) {
	if err := s.enter(ctx); err != nil {
		return etcdkv.Item{}, false, err
	}
	defer s.mu.Unlock()
	if e := s.items[key]; e != nil {
		return e.item, true, nil
	}
	return etcdkv.Item{}, false, nil
}

// List implements etcdkv.Store.
func (s *Store) List(ctx context.Context, prefix, after string, limit int, revision int64) (etcdkv.Page, error) {
	if err := s.enter(ctx); err != nil {
		return etcdkv.Page{}, err
	}
	defer s.mu.Unlock()
	switch {
	case revision == 0:
		revision = s.revision
	case revision > s.revision:
		return etcdkv.Page{}, etcdkv.ErrFutureRevision
	case revision < s.compacted:
		return etcdkv.Page{}, etcdkv.ErrCompacted
	}
	page := etcdkv.Page{Revision: revision, ClusterID: s.cluster}
	for _, item := range s.at(revision) {
		if !strings.HasPrefix(item.Key, prefix) || item.Key <= after {
			continue
		}
		if limit > 0 && len(page.Items) == limit {
			page.More = true
			break
		}
		page.Items = append(page.Items, item)
	}
	return page, nil
}

// at gives the items as they were at a revision, in key order, by taking back what happened since.
func (s *Store) at(revision int64) []etcdkv.Item {
	changed := map[string]bool{}
	was := map[string]etcdkv.Event{}
	for _, event := range s.history {
		if event.Item.ModRevision > revision {
			changed[event.Item.Key] = true
		} else {
			was[event.Item.Key] = event
		}
	}
	var items []etcdkv.Item
	for key, e := range s.items {
		if !changed[key] {
			items = append(items, e.item)
		}
	}
	for key := range changed {
		if event, known := was[key]; known && !event.Deleted {
			items = append(items, event.Item)
		}
	}
	sort.Slice(items, func(i, j int) bool { return items[i].Key < items[j].Key })
	return items
}

// PutIf implements etcdkv.Store.
func (s *Store) PutIf(ctx context.Context, key string, value []byte, modRevision int64) (int64, bool, error) {
	if err := s.enter(ctx); err != nil {
		return 0, false, err
	}
	defer s.mu.Unlock()
	if s.modRevision(key) != modRevision {
		return s.revision, false, nil
	}
	s.put(key, value, 0)
	return s.revision, true, nil
}

// DeleteIf implements etcdkv.Store.
func (s *Store) DeleteIf(ctx context.Context, key string, modRevision int64) (bool, error) {
	if modRevision == 0 {
		return false, failure.New(failure.Internal, "etcd_rejected", "DeleteIf needs the revision of what it deletes")
	}
	if err := s.enter(ctx); err != nil {
		return false, err
	}
	defer s.mu.Unlock()
	if s.modRevision(key) != modRevision {
		return false, nil
	}
	s.remove(key)
	return true, nil
}

func (s *Store) modRevision(key string) int64 {
	if e := s.items[key]; e != nil {
		return e.item.ModRevision
	}
	return 0
}
