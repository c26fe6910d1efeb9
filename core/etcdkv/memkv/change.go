package memkv

import (
	"slices"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
)

// put writes a key at the next revision. The lock is held.
func (s *Store) put(key string, value []byte, leaseID int64) {
	s.revision++
	created := s.revision
	if old := s.items[key]; old != nil {
		created = old.item.CreateRevision
		s.detach(key, old.lease)
	}
	item := etcdkv.Item{Key: key, Value: slices.Clone(value), CreateRevision: created, ModRevision: s.revision}
	s.items[key] = &entry{item: item, lease: leaseID}
	if l := s.leases[leaseID]; l != nil {
		l.keys[key] = true
	}
	s.history = append(s.history, etcdkv.Event{Item: item})
	s.wake()
}

// remove deletes keys at one revision, as etcd does for the keys of a lease. The lock is held.
func (s *Store) remove(keys ...string) {
	slices.Sort(keys)
	s.revision++
	for _, key := range keys {
		if e := s.items[key]; e != nil {
			s.detach(key, e.lease)
		}
		delete(s.items, key)
		gone := etcdkv.Item{Key: key, ModRevision: s.revision}
		s.history = append(s.history, etcdkv.Event{Item: gone, Deleted: true})
	}
	s.wake()
}

func (s *Store) detach(key string, leaseID int64) {
	if l := s.leases[leaseID]; l != nil {
		delete(l.keys, key)
	}
}

// wake lets every watch look again. The lock is held.
func (s *Store) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}
