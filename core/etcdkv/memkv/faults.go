package memkv

import (
	"sort"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
)

// SetDown makes every call fail and every watch silent, or ends that. Leases go on expiring.
func (s *Store) SetDown(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
	s.wake()
}

// CutWatches ends every open watch with etcdkv.ErrNoLeader.
func (s *Store) CutWatches() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cut++
	s.wake()
}

// Compact forgets the history up to the present revision, so that what asks for an older one is refused. An open watch
// that has come that far goes on.
func (s *Store) Compact() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.compacted = s.revision
	// The last event of each key stays, and a deletion at this very revision, as in etcd: the compacted revision itself can
	// still be listed and watched from.
	kept := make([]etcdkv.Event, 0, len(s.items)+1)
	for _, e := range s.items {
		kept = append(kept, etcdkv.Event{Item: e.item})
	}
	for _, event := range s.history {
		if event.Deleted && event.Item.ModRevision == s.revision {
			kept = append(kept, event)
		}
	}
	s.history = kept
	sort.Slice(s.history, func(i, j int) bool { return s.history[i].Item.ModRevision < s.history[j].Item.ModRevision })
	s.wake()
}

// Wipe empties the store, its history, revision and leases, like a new data directory. cluster tells whether the cluster
// has a new id, which depends on how its members were named. Watches go on, as if a proxy hid the restart; CutWatches in
// addition is what a client sees that lost its connection.
func (s *Store) Wipe(newCluster bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.leases {
		l.expiry.Stop()
	}
	s.revision, s.compacted = 1, 0
	s.items, s.leases, s.history = map[string]*entry{}, map[int64]*lease{}, nil
	if newCluster {
		s.cluster++
	}
	s.wake()
}

// Revision is the present one.
func (s *Store) Revision() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.revision
}
