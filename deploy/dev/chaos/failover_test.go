package chaos

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/failover"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/wire"
)

const leaseTTL = 2 * time.Second

// contest holds an election of a service. In make chaos one is held after another and before all else, for the times that they take.
func contest(t *testing.T, service string) (*failover.Contest, context.Context) {
	t.Helper()
	if !everything() {
		t.Parallel()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	self, err := os.Executable()
	require.NoError(t, err)
	c, err := failover.New(ctx, failover.Options{
		Service: service, Replicas: 3, TTL: leaseTTL, Dir: filepath.Join(t.TempDir(), "data"), Executable: self,
	})
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
	services := controllers()
	if !everything() {
		services = services[:1] // the three are built alike
	}
	for _, service := range services {
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

// TestAPausedLeaderCannotWrite stops a leader while a write of its is on the way, and lets the write reach control-plane-api when
// another leads: until the process runs again, both believe that they lead.
func TestAPausedLeaderCannotWrite(t *testing.T) {
	c, ctx := contest(t, plane.Workers)
	old, err := c.Await(ctx)
	require.NoError(t, err)
	require.NoError(t, c.Hold(ctx, old))
	require.NoError(t, c.Signal(old, syscall.SIGSTOP))
	next, err := c.Successor(ctx, old)
	require.NoError(t, err)
	late, err := c.LetGo(ctx, old)
	require.NoError(t, err)
	require.True(t, late.Stale(), "the write of the one who was paused came after the first of the next: %+v", late)

	<-time.After(leaseTTL)
	require.NoError(t, c.Signal(old, syscall.SIGCONT))
	<-time.After(2 * leaseTTL)
	refused := 0
	for _, w := range c.Writes() {
		if w.Caller != old || w.Begun.Before(next.Done) {
			continue
		}
		require.True(t, w.Stale(), "the old leader wrote with term %s: %+v", w.Term, w)
		refused++
	}
	require.Positive(t, refused, "nothing was to be refused")
	requireRisingTerms(t, c.Writes())
	leader, err := c.Await(ctx)
	require.NoError(t, err)
	require.Equal(t, next.Caller, leader, "who woke up stands by")
}

// requireRisingTerms checks that no write of a term was taken after one of a later term.
func requireRisingTerms(t *testing.T, calls []wire.Call) {
	t.Helper()
	newest := map[string]wire.Call{}
	for _, c := range calls {
		term, err := api.ParseTerm(c.Term)
		if err != nil || !c.Accepted() {
			continue // what carries none asks for one
		}
		last, found := newest[term.Service]
		if !found {
			newest[term.Service] = c
			continue
		}
		before, err := api.ParseTerm(last.Term)
		require.NoError(t, err)
		if c.Begun.After(last.Done) {
			require.GreaterOrEqual(t, term.Term, before.Term, "%+v was taken after %+v", c, last)
		}
		if term.Term > before.Term {
			newest[term.Service] = c
		}
	}
}

func TestAPartitionedLeaderStopsBeforeAnotherStarts(t *testing.T) {
	c, ctx := contest(t, plane.Lablets)
	old, err := c.Await(ctx)
	require.NoError(t, err)
	c.Part(old)
	next, err := c.Successor(ctx, old)
	require.NoError(t, err)
	<-time.After(leaseTTL) // it cannot hear that another leads
	c.Heal(old)
	var last wire.Call
	for _, w := range c.Writes() {
		if w.Caller == old {
			// One that it gave up when its time was over has no answer.
			require.False(t, w.Stale(), "it reaches the API all the time, so it must have stopped by its own clock: %+v", w)
			last = w
		}
	}
	require.True(t, last.Done.Before(next.Begun), "the last write of the old leader ended %s after the first of the new one began",
		last.Done.Sub(next.Begun))
	requireRisingTerms(t, c.Writes())
}
