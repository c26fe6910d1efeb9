package leader

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// Reasons for which a session ends; the cause of its context.
var (
	errResigned = failure.New(failure.Unavailable, "leader_resigned", "the leadership was given up")
	errExpired  = failure.New(failure.Unavailable, "leader_lease_expired", "the lease could not be renewed in time")
	errLost     = failure.New(failure.Unavailable, "leader_key_lost", "the election key is gone")
)

// session is one lease with its election key. Its context ends before the lease can run out: the deadline is counted from
// before the call that granted or renewed it, and comes a tenth of the TTL early, for clocks that do not run alike.
type session struct {
	store Store
	ttl   time.Duration
	log   *slog.Logger
	lease int64
	key   string
	// created is the revision at which the key came to be.
	created int64

	ctx  context.Context
	stop context.CancelCauseFunc

	mu       sync.Mutex
	deadline time.Time
	expiry   *time.Timer
	renewals sync.WaitGroup
}

// open grants a lease, puts the key and starts renewing. parent's end does not end the session: the work that it covers
// must stop first.
func open(ctx context.Context, config Config, prefix string) (*session, error) {
	s := &session{store: config.Store, ttl: config.TTL, log: config.Log}
	s.ctx, s.stop = context.WithCancelCause(context.WithoutCancel(ctx))
	begun := time.Now()
	call, cancel := context.WithTimeout(ctx, config.TTL)
	defer cancel()
	lease, err := s.store.Grant(call, config.TTL)
	if err != nil {
		return nil, fmt.Errorf("grant lease: %w", err)
	}
	s.lease, s.key = lease, fmt.Sprintf("%s%x", prefix, lease)
	s.deadline = begun.Add(config.TTL - config.TTL/10)
	s.expiry = time.AfterFunc(time.Until(s.deadline), s.expire)
	if s.created, err = s.store.PutLeased(call, s.key, []byte(config.InstanceID), lease); err != nil {
		s.close()
		return nil, fmt.Errorf("put election key: %w", err)
	}
	s.renewals.Go(s.renew)
	return s, nil
}

// alive reports whether the lease still holds by the local clock. It does not depend on a timer having fired: a process
// that was frozen sees it false at once.
func (s *session) alive() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ctx.Err() == nil && time.Now().Before(s.deadline)
}

func (s *session) expire() {
	s.mu.Lock()
	remaining := time.Until(s.deadline)
	if remaining > 0 {
		// Renewed while this timer fired.
		s.expiry.Reset(remaining)
	}
	s.mu.Unlock()
	if remaining <= 0 {
		s.stop(errExpired)
	}
}

// renew keeps the lease alive, three times per TTL, until the session ends. A failed renewal is tried again soon: there is
// time until the deadline.
func (s *session) renew() {
	wait := s.ttl / 3
	for {
		timer := time.NewTimer(wait)
		select {
		case <-s.ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		begun := time.Now()
		call, cancel := context.WithTimeout(s.ctx, s.ttl/3)
		granted, err := s.store.KeepAlive(call, s.lease)
		cancel()
		switch {
		case err == nil:
			granted = min(granted, s.ttl)
			s.extend(begun.Add(granted - granted/10))
			wait = s.ttl / 3
		case errors.Is(err, etcdkv.ErrLeaseGone):
			s.stop(errLost)
			return
		case s.ctx.Err() == nil:
			s.log.Warn("lease not renewed", "error", err)
			wait = s.ttl / 20
		}
	}
}

func (s *session) extend(deadline time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	// A renewal that is answered after the deadline comes too late: the work has been told to stop.
	if s.ctx.Err() == nil && deadline.After(s.deadline) && time.Now().Before(s.deadline) {
		s.deadline = deadline
		s.expiry.Reset(time.Until(deadline))
	}
}

// close ends the session and gives up its place in etcd: the key at once, then the lease. When etcd does not answer, the
// lease runs out by itself.
func (s *session) close() {
	s.stop(errResigned)
	s.expiry.Stop()
	s.renewals.Wait()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), min(s.ttl, 2*time.Second))
	defer cancel()
	if err := s.store.Delete(ctx, s.key); err != nil {
		s.log.Warn("election key not deleted, it expires", "error", err)
	}
	if err := s.store.Revoke(ctx, s.lease); err != nil {
		s.log.Warn("lease not revoked, it expires", "error", err)
	}
}
