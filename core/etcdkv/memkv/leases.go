package memkv

import (
	"context"
	"math"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
)

type lease struct {
	ttl    time.Duration
	keys   map[string]bool
	expiry *time.Timer
}

// Grant implements etcdkv.Leases.
func (s *Store) Grant(ctx context.Context, ttl time.Duration) (int64, error) {
	if err := s.enter(ctx); err != nil {
		return 0, err
	}
	defer s.mu.Unlock()
	s.lastLease++
	id := s.lastLease
	ttl = time.Duration(math.Ceil(ttl.Seconds())) * time.Second
	s.leases[id] = &lease{ttl: ttl, keys: map[string]bool{}, expiry: time.AfterFunc(ttl, func() { s.expire(id) })}
	return id, nil
}

func (s *Store) expire(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.end(id)
}

// end deletes a lease with its keys. The lock is held.
func (s *Store) end(id int64) {
	l := s.leases[id]
	if l == nil {
		return
	}
	l.expiry.Stop()
	delete(s.leases, id)
	if len(l.keys) == 0 {
		return
	}
	keys := make([]string, 0, len(l.keys))
	for key := range l.keys {
		keys = append(keys, key)
	}
	s.remove(keys...)
}

// KeepAlive implements etcdkv.Leases.
func (s *Store) KeepAlive(ctx context.Context, id int64) (time.Duration, error) {
	if err := s.enter(ctx); err != nil {
		return 0, err
	}
	defer s.mu.Unlock()
	l := s.leases[id]
	// A timer that has fired and waits for the lock has ended the lease.
	if l == nil || !l.expiry.Reset(l.ttl) {
		return 0, etcdkv.ErrLeaseGone
	}
	return l.ttl, nil
}

// Revoke implements etcdkv.Leases.
func (s *Store) Revoke(ctx context.Context, id int64) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	s.end(id)
	return nil
}

// PutLeased implements etcdkv.Leases.
func (s *Store) PutLeased(ctx context.Context, key string, value []byte, id int64) (int64, error) {
	if err := s.enter(ctx); err != nil {
		return 0, err
	}
	defer s.mu.Unlock()
	if s.leases[id] == nil {
		return 0, etcdkv.ErrLeaseGone
	}
	if e := s.items[key]; e != nil {
		if e.lease != id {
			return 0, etcdkv.ErrKeyTaken
		}
		return e.item.CreateRevision, nil
	}
	s.put(key, value, id)
	return s.revision, nil
}

// Delete implements etcdkv.Leases.
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	if s.items[key] != nil {
		s.remove(key)
	}
	return nil
}
