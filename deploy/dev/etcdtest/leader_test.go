package etcdtest_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/leader"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/etcdtest"
)

// contest lets replicas campaign on a real etcd.
type contest struct {
	t      *testing.T
	server *etcdtest.Server
	term   atomic.Int64

	mu     sync.Mutex
	acting map[string]bool
	worst  int
}

type contender struct {
	elector *leader.Elector
	cancel  context.CancelFunc
	done    chan error
}

func (c *contest) join(id string) *contender {
	r := &contender{done: make(chan error, 1)}
	r.elector = leader.New(leader.Config{
		Service: "svc", InstanceID: id, TTL: 2 * time.Second, Store: c.server.Client(),
		IssueTerm: func(context.Context, string, int64) (int64, error) { return c.term.Add(1), nil },
	})
	ctx, cancel := context.WithCancel(c.t.Context())
	r.cancel = cancel
	go func() {
		r.done <- r.elector.Run(ctx, func(ctx context.Context, _ int64) error { return c.act(ctx, id) })
	}()
	c.t.Cleanup(func() { r.leave(c.t) })
	return r
}

func (r *contender) leave(t *testing.T) {
	if r.cancel != nil {
		r.cancel()
		r.cancel = nil
		require.NoError(t, <-r.done)
	}
}

func (c *contest) act(ctx context.Context, id string) error {
	c.mu.Lock()
	c.acting[id] = true
	c.worst = max(c.worst, len(c.acting))
	c.mu.Unlock()
	<-ctx.Done()
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.acting, id)
	return ctx.Err()
}

func (c *contest) leads(id string) func() bool {
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.acting[id] && len(c.acting) == 1
	}
}

func (c *contest) someoneLeads() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.acting) == 1
}

func TestElectionOnRealEtcd(t *testing.T) {
	t.Parallel()
	c := &contest{t: t, server: etcdtest.New(t), acting: map[string]bool{}}
	const tick = 5 * time.Millisecond
	replicas := map[string]*contender{}
	for i := range 3 {
		id := fmt.Sprint("replica-", i)
		replicas[id] = c.join(id)
		if i == 0 {
			require.Eventually(t, c.leads(id), 10*time.Second, tick, "the only one leads")
		}
		require.Eventually(t, func() bool {
			status := replicas[id].elector.Status()
			return status.LeaderID == "replica-0"
		}, 10*time.Second, tick, "all know who leads")
	}

	replicas["replica-0"].elector.Resign()
	require.Eventually(t, func() bool { return c.someoneLeads() && !c.leads("replica-0")() }, 10*time.Second, tick)

	leader := "replica-1"
	if c.leads("replica-2")() {
		leader = "replica-2"
	}
	begun := time.Now()
	replicas[leader].leave(t)
	require.Eventually(t, func() bool { return c.someoneLeads() && !c.leads(leader)() }, 10*time.Second, tick)
	require.Less(t, time.Since(begun), 2*time.Second, "a shutdown costs no lease")
	require.Equal(t, 1, c.worst)

	c.server.Stop()
	require.Eventually(t, func() bool { return !c.someoneLeads() }, 10*time.Second, tick, "without etcd no one leads")
	c.server.Start()
	require.Eventually(t, c.someoneLeads, 20*time.Second, tick)
	require.Equal(t, 1, c.worst)

	before := c.term.Load()
	c.server.Wipe()
	require.Eventually(t, func() bool { return c.someoneLeads() && c.term.Load() > before }, 30*time.Second, tick)
	require.Eventually(t, func() bool {
		for _, r := range replicas {
			if r.cancel != nil && r.elector.Check() != nil {
				return false
			}
		}
		return true
	}, 30*time.Second, tick)
}
