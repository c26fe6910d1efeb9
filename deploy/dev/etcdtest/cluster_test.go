package etcdtest_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/etcdtest"
)

// handOver moves the leadership of etcd to the member after the leader.
func handOver(t *testing.T, c *etcdtest.Cluster) {
	t.Helper()
	leader := c.Leader()
	require.Eventually(t, func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		return c.Members[leader].MoveLeader(ctx, c.Members[(leader+1)%len(c.Members)]) == nil || c.Leader() != leader
	}, 20*time.Second, 50*time.Millisecond)
}

func TestMirrorThroughLeaderChangesOfEtcd(t *testing.T) {
	t.Parallel()
	cluster := etcdtest.NewCluster(t)
	store := cluster.Client()
	random, want := rand.New(rand.NewPCG(41, 1)), map[string]string{} //nolint:gosec // a plan, not a secret
	some := func() {
		for range 40 {
			change(t, store, random, want)
		}
	}
	some()
	mirror, follower := start(t, cluster.Client(), 7)
	// One that knows only one member lives through whatever happens to that one.
	alone, ofAlone := start(t, cluster.Members[0].Client(), 7)
	same := func(patience time.Duration) {
		t.Helper()
		requireSame(t, want, mirror, follower, patience)
		requireSame(t, want, alone, ofAlone, patience)
	}

	for range 3 {
		handOver(t, cluster)
		some()
	}
	same(30 * time.Second)

	leader := cluster.Leader()
	cluster.Members[leader].Stop()
	some()
	requireSame(t, want, mirror, follower, 30*time.Second)
	cluster.Members[leader].Start()
	same(30 * time.Second)

	// Without most of its members etcd has no leader: what is left must not pass for current.
	cluster.Members[1].Stop()
	cluster.Members[2].Stop()
	require.Eventually(t, func() bool { return alone.Check() != nil }, etcdkv.SilenceLimit+15*time.Second, 50*time.Millisecond)
	cluster.Members[1].Start()
	cluster.Members[2].Start()
	some()
	same(30 * time.Second)
}
