package chaos

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
	"github.com/lablet-cloud-manager/lcm/core/leader"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/demo"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// controllers are the services that have a leader at work outside.
func controllers() []string { return []string{plane.Scheduler, plane.Workers, plane.Lablets} }

// operator is etcd as its operator sees it, until the end of the test.
func (s *stage) operator(t *testing.T) *etcdkv.Client {
	t.Helper()
	etcd, err := etcdkv.Dial(s.plane.Operator())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, etcd.Close()) })
	return etcd
}

// depose takes the leader of a service its lease away. Where nobody leads nothing is done.
func depose(ctx context.Context, etcd *etcdkv.Client, service string) error {
	page, err := etcd.List(ctx, leader.Prefix(service), "", 0, 0)
	if err != nil || len(page.Items) == 0 {
		return err
	}
	oldest := page.Items[0]
	for _, item := range page.Items {
		if item.CreateRevision < oldest.CreateRevision {
			oldest = item
		}
	}
	lease, err := strconv.ParseInt(strings.TrimPrefix(oldest.Key, leader.Prefix(service)), 16, 64)
	if err != nil {
		return fmt.Errorf("lease of %s: %w", oldest.Key, err)
	}
	return etcd.Revoke(ctx, lease)
}

// term is that of the replica of a service which says that it leads, 0 when none does.
func (s *stage) term(ctx context.Context, service string) int64 {
	for replica, address := range s.at.Services {
		if !strings.HasPrefix(replica, service) {
			continue
		}
		var status leader.Status
		if s.outside.Call(ctx, http.MethodGet, address+"/admin/leader-status", nil, &status) == nil && status.IsLeader {
			return status.Term
		}
	}
	return 0
}

// succeeded waits until a service is led with a later term.
func (s *stage) succeeded(ctx context.Context, service string, than int64) error {
	return demo.Until(ctx, func() (bool, error) { return s.term(ctx, service) > than, nil })
}

// TestALeaseLostInMidStep takes a leader its lease away while a simulator holds what it has just been asked to make, so that the next
// leader comes to the same step. Nothing is made twice, and the end is the undisturbed one.
func TestALeaseLostInMidStep(t *testing.T) {
	t.Parallel()
	s := newStage(t, func(o *plane.Options) { o.Controllers = 2 })
	etcd := s.operator(t)
	for _, c := range s.steps(t) {
		t.Run(c.String(), func(t *testing.T) {
			before, imports := len(s.machines(t)), s.counted(t, importPoint())
			done := s.strikeAt(t, c, func(ctx context.Context) error {
				than := s.term(ctx, c.service)
				return errors.Join(depose(ctx, etcd, c.service), s.succeeded(ctx, c.service, than))
			})
			s.completed(t, s.book(t).ID)
			s.endWorkers(t)
			require.NoError(t, done())
			require.Len(t, s.machines(t), before+1, "one worker, one machine")
			require.Equal(t, 1, imports(), "one lab was imported once")
		})
	}
}

// steps are the boundaries after the first call of each kind that makes or ends something, in the life of a worker and a lab.
func (s *stage) steps(t *testing.T) []cut {
	t.Helper()
	if !everything() {
		return []cut{{importPoint(), 1, kit.After}}
	}
	points := append(workerPoints(), labPoints()...)
	counts := s.count(t, points, func(t *testing.T) {
		s.completed(t, s.book(t).ID)
		s.endWorkers(t)
	})
	return slices.DeleteFunc(cuts(t, points, counts), func(c cut) bool { return c.n > 1 || c.when != kit.After })
}

// TestALeaderThatFlaps takes each leader its lease away every two seconds for the length of a worker's and a lab's life.
func TestALeaderThatFlaps(t *testing.T) {
	if !everything() {
		t.Skip("part of make chaos")
	}
	t.Parallel()
	const every = 2 * time.Second
	s := newStage(t, func(o *plane.Options) { o.Controllers, o.Candidate.Works = 2, 5*every })
	etcd := s.operator(t)
	imports := s.counted(t, importPoint())
	before := map[string]int64{}
	for _, service := range controllers() {
		require.NoError(t, s.succeeded(s.ctx(t), service, 0))
		before[service] = s.term(s.ctx(t), service)
	}
	ctx, calm := context.WithCancel(s.ctx(t))
	flapping := make(chan error, 1)
	go func() { flapping <- flap(ctx, etcd, every) }()
	s.completed(t, s.book(t).ID)
	s.endWorkers(t)
	calm()
	require.NoError(t, <-flapping)
	require.Len(t, s.machines(t), 1, "one worker, one machine")
	require.Equal(t, 1, imports(), "one lab was imported once")
	for _, service := range controllers() {
		require.NoError(t, s.succeeded(s.ctx(t), service, before[service]+2), "%s has had leaders enough", service)
	}
}

// flap deposes all leaders from time to time until ctx ends.
func flap(ctx context.Context, etcd *etcdkv.Client, every time.Duration) error {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		for _, service := range controllers() {
			if err := depose(ctx, etcd, service); err != nil && ctx.Err() == nil {
				return err
			}
		}
	}
}
