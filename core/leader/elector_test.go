package leader_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv/memkv"
	"github.com/lablet-cloud-manager/lcm/core/leader"
)

const ttl = 5 * time.Second

// election is a store with some replicas that campaign on it, and what they did.
type election struct {
	t        *testing.T
	store    *memkv.Store
	replicas []*replica

	mu     sync.Mutex
	term   int64
	acting map[string]bool
	worst  int
	// refuse lists who cannot reach control-plane-api.
	refuse map[string]bool
}

type replica struct {
	id      string
	link    *memkv.Link
	elector *leader.Elector
	stop    context.CancelFunc
	done    chan error
	terms   []int64
	fail    chan error
}

func hold(t *testing.T, replicas int) *election {
	t.Helper()
	e := &election{t: t, store: memkv.New(), acting: map[string]bool{}, refuse: map[string]bool{}}
	for i := range replicas {
		e.join(fmt.Sprintf("replica-%d", i))
		synctest.Wait() // they queue in this order
	}
	t.Cleanup(func() {
		for _, r := range e.replicas {
			r.link.Thaw()
			r.stop()
			require.NoError(t, <-r.done)
		}
	})
	return e
}

func (e *election) join(id string) *replica {
	r := &replica{id: id, link: memkv.NewLink(e.store), done: make(chan error, 1), fail: make(chan error)}
	r.elector = leader.New(leader.Config{
		Service: "worker-controller", InstanceID: id, TTL: ttl, Store: r.link,
		IssueTerm: func(ctx context.Context, key string, createRevision int64) (int64, error) {
			return e.issue(ctx, id, key, createRevision)
		},
	})
	ctx, cancel := context.WithCancel(e.t.Context())
	r.stop = cancel
	go func() {
		r.done <- r.elector.Run(ctx, func(ctx context.Context, term int64) error { return e.act(ctx, r, term) })
	}()
	e.replicas = append(e.replicas, r)
	return r
}

// issue does what control-plane-api does: only the oldest key is given a term.
func (e *election) issue(ctx context.Context, id, key string, createRevision int64) (int64, error) {
	page, err := e.store.List(ctx, leader.Prefix("worker-controller"), "", 0, 0)
	if err != nil {
		return 0, err
	}
	for _, item := range page.Items {
		if item.CreateRevision < createRevision {
			return 0, errors.New("not the oldest")
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.refuse[id] {
		return 0, errors.New("cannot be reached")
	}
	e.term++
	return e.term, nil
}

// act is the work of a leader: it goes on until it is told to stop, or to fail.
func (e *election) act(ctx context.Context, r *replica, term int64) error {
	e.mu.Lock()
	e.acting[r.id] = true
	e.worst = max(e.worst, len(e.acting))
	r.terms = append(r.terms, term)
	e.mu.Unlock()
	defer func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.acting, r.id)
	}()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case err := <-r.fail:
		if err == nil {
			panic("the work panics")
		}
		return err
	}
}

// leads tells who acts, "" when no one does.
func (e *election) leads() string {
	synctest.Wait()
	e.mu.Lock()
	defer e.mu.Unlock()
	for id := range e.acting {
		return id
	}
	return ""
}

// within tells after how long a replica leads, at most a limit.
func (e *election) within(limit time.Duration, id string) time.Duration {
	e.t.Helper()
	begun := time.Now()
	for e.leads() != id {
		require.Less(e.t, time.Since(begun), limit, "%s does not lead in time, but %q", id, e.leads())
		<-time.After(10 * time.Millisecond)
	}
	return time.Since(begun)
}

func TestOldestLeadsAndAllKnow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := hold(t, 3)
		require.Equal(t, "replica-0", e.leads())
		for i, r := range e.replicas {
			status := r.elector.Status()
			require.Equal(t, i == 0, status.IsLeader)
			require.Equal(t, "replica-0", status.LeaderID)
			require.Equal(t, r.id, status.InstanceID)
			require.Equal(t, "worker-controller", status.ServiceName)
			require.NoError(t, r.elector.Check(), "a standby is ready too")
		}
		require.EqualValues(t, 1, e.replicas[0].elector.Status().Term)
		require.Zero(t, e.replicas[1].elector.Status().Term)
		revision := e.store.Revision()
		<-time.After(time.Hour)
		require.Equal(t, "replica-0", e.leads(), "a healthy leader stays")
		require.Equal(t, revision, e.store.Revision(), "and nothing is written meanwhile")
	})
}

func TestShutdownHandsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := hold(t, 3)
		e.replicas[0].stop()
		require.Less(t, e.within(ttl, "replica-1"), 50*time.Millisecond, "no lease has to run out")
		require.Equal(t, []int64{2}, e.replicas[1].terms)
		require.False(t, e.replicas[0].elector.Status().IsLeader)
		require.Equal(t, 1, e.worst)
	})
}

func TestResignQueuesBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := hold(t, 2)
		e.replicas[0].elector.Resign()
		require.Less(t, e.within(ttl, "replica-1"), 50*time.Millisecond)
		<-time.After(time.Minute)
		require.Equal(t, "replica-1", e.leads())
		e.replicas[1].elector.Resign()
		e.within(ttl, "replica-0")
		require.Equal(t, 1, e.worst)
	})
}

func TestFrozenLeaderStopsBeforeAnotherBegins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := hold(t, 2)
		<-time.After(time.Minute)
		e.replicas[0].link.Freeze()
		took := e.within(2*ttl, "replica-1")
		require.Greater(t, took, ttl/2)
		require.LessOrEqual(t, took, ttl+time.Second)
		require.False(t, e.replicas[0].elector.Status().IsLeader)
		require.Equal(t, 1, e.worst, "the frozen one had stopped by its own clock")
		e.replicas[0].link.Thaw()
		<-time.After(time.Minute)
		require.Equal(t, "replica-1", e.leads())
		require.Equal(t, "replica-1", e.replicas[0].elector.Status().LeaderID)
		require.Equal(t, []int64{1}, e.replicas[0].terms)
	})
}

func TestShortOutageIsRiddenOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := hold(t, 2)
		<-time.After(time.Minute)
		e.replicas[0].link.Freeze()
		<-time.After(ttl / 3)
		e.replicas[0].link.Thaw()
		<-time.After(time.Minute)
		require.Equal(t, "replica-0", e.leads())
		require.Len(t, e.replicas[0].terms, 1)
	})
}

func TestWithoutEtcdNobodyLeads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := hold(t, 2)
		e.store.SetDown(true)
		<-time.After(ttl)
		require.Empty(t, e.leads())
		<-time.After(10 * time.Minute)
		require.Empty(t, e.leads())
		for _, r := range e.replicas {
			require.Error(t, r.elector.Check())
			require.Empty(t, r.elector.Status().LeaderID)
		}
		e.store.SetDown(false)
		<-time.After(10 * time.Second)
		require.NotEmpty(t, e.leads(), "and soon after someone does")
		require.Equal(t, 1, e.worst)
	})
}

func TestLostKeyEndsLeadership(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := hold(t, 2)
		page, err := e.store.List(t.Context(), leader.Prefix("worker-controller"), "", 1, 0)
		require.NoError(t, err)
		require.NoError(t, e.store.Delete(t.Context(), page.Items[0].Key))
		require.Less(t, e.within(ttl, "replica-1"), 50*time.Millisecond, "the watch tells before a renewal could")
		require.Len(t, e.acting, 1, "who lost the key has stopped")
	})
}

func TestWipedEtcd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := hold(t, 3)
		<-time.After(time.Minute)
		e.store.Wipe(false)
		e.store.CutWatches()
		<-time.After(time.Minute)
		require.NotEmpty(t, e.leads())
		require.Len(t, e.acting, 1)
		require.Greater(t, e.term, int64(1), "the terms go on rising: they are the store's")
	})
}

func TestWorkThatEndsIsSoughtAgain(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
	}{
		{"failed", errors.New("it failed")},
		{"panicked", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := hold(t, 1)
				e.replicas[0].fail <- test.err
				e.within(ttl, "replica-0")
				require.Equal(t, []int64{1, 2}, e.replicas[0].terms)
			})
		})
	}
}

func TestReplicaWithoutTermLetsOthersTry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := hold(t, 2)
		e.mu.Lock()
		e.refuse["replica-1"] = true
		e.mu.Unlock()
		e.replicas[0].elector.Resign()
		require.Greater(t, e.within(time.Minute, "replica-0"), firstTries, "replica-1 was the oldest and tried")
		require.Equal(t, []int64{1, 2}, e.replicas[0].terms)
		require.Empty(t, e.replicas[1].terms, "without a term no one acts")
	})
}

// firstTries is less than a candidate takes to try for a term three times.
const firstTries = 300 * time.Millisecond

func TestWorkThatDoesNotStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memkv.New()
		elector := leader.New(leader.Config{
			Service: "s", Store: store, StopGrace: 3 * time.Second,
			IssueTerm: func(context.Context, string, int64) (int64, error) { return 1, nil },
		})
		ctx, cancel := context.WithCancel(t.Context())
		release := make(chan struct{})
		done := make(chan error, 1)
		go func() {
			done <- elector.Run(ctx, func(context.Context, int64) error {
				<-release
				return nil
			})
		}()
		synctest.Wait()
		begun := time.Now()
		cancel()
		require.Error(t, <-done, "the caller learns that something still runs")
		require.Equal(t, 3*time.Second, time.Since(begun))
		close(release)
	})
}
