package chaos

import (
	"context"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/etcdtest"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/failover"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
)

const leaseTTL = 2 * time.Second

func contest(t *testing.T, service string) (*failover.Contest, context.Context) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	self, err := os.Executable()
	require.NoError(t, err)
	c, err := failover.New(ctx, failover.Options{Service: service, Replicas: 3, TTL: leaseTTL, Etcd: etcdtest.Start(t), Executable: self})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	return c, ctx
}

// limits are what a change of the leader may take: the best of the graceful ones, each graceful one, and each crash.
type limits struct{ best, graceful, crash time.Duration }

// allowed are the goals where the machine has nothing else to do, as in make chaos. Among other tests only what no load may
// change is asked: a graceful hand-over waits for no lease to end.
func allowed() (rounds int, within limits) {
	if everything() {
		return 10, limits{best: 250 * time.Millisecond, graceful: time.Second, crash: leaseTTL + time.Second}
	}
	return 2, limits{best: leaseTTL, graceful: 30 * time.Second, crash: 30 * time.Second}
}

func TestThreeReplicasHandOver(t *testing.T) {
	rounds, within := allowed()
	for _, service := range []string{plane.Scheduler, plane.Workers, plane.Lablets} {
		t.Run(service, func(t *testing.T) {
			c, ctx := contest(t, service)
			best := time.Hour
			for range rounds {
				took, err := c.Round(ctx, syscall.SIGTERM)
				require.NoError(t, err)
				require.Less(t, took, within.graceful, "a graceful hand-over costs no lease")
				best = min(best, took)
			}
			require.Less(t, best, within.best)
			for range rounds {
				took, err := c.Round(ctx, syscall.SIGKILL)
				require.NoError(t, err)
				require.Less(t, took, within.crash, "a crash costs one lease")
			}
		})
	}
}

func TestAPausedLeaderCannotWrite(t *testing.T) {
	c, ctx := contest(t, plane.Workers)
	old, err := c.Await(ctx)
	require.NoError(t, err)
	require.NoError(t, c.Signal(old, syscall.SIGSTOP))
	next, err := c.Successor(ctx, old)
	require.NoError(t, err)
	<-time.After(2 * leaseTTL)
	require.NoError(t, c.Signal(old, syscall.SIGCONT))
	<-time.After(leaseTTL)
	for _, w := range c.Writes() {
		if w.At.After(next.At) && w.Replica == old {
			require.True(t, w.Stale, "the old leader wrote with term %s", w.Term)
		}
	}
	leader, err := c.Await(ctx)
	require.NoError(t, err)
	require.Equal(t, next.Replica, leader, "who woke up stands by")
}

func TestAPartitionedLeaderStopsBeforeAnotherStarts(t *testing.T) {
	c, ctx := contest(t, plane.Lablets)
	old, err := c.Await(ctx)
	require.NoError(t, err)
	c.Part(old)
	next, err := c.Successor(ctx, old)
	require.NoError(t, err)
	c.Heal(old)
	<-time.After(leaseTTL)
	var last failover.Write
	for _, w := range c.Writes() {
		if w.Replica == old {
			require.False(t, w.Stale, "it reaches the API all the time, so it must have stopped by its own clock")
			last = w
		}
	}
	require.True(t, last.At.Before(next.At), "the last write of the old leader came %s after the first of the new one", last.At.Sub(next.At))
}
