package plane

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
)

func TestEtcdIsAwayForAWhile(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	server, err := startEtcd(ctx, filepath.Join(t.TempDir(), "etcd"))
	require.NoError(t, err)
	p := &Plane{etcd: server, keys: newKeys()}
	require.NoError(t, restrict(ctx, server.endpoint, p.keys.Etcd))
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- server.run(running) }()

	const key = "/lcm/key"
	put := func() {
		store := operator(t, p)
		_, ok, err := store.PutIf(ctx, key, []byte("value"), 0)
		require.NoError(t, err)
		require.True(t, ok)
	}
	has := func() bool {
		_, found, err := operator(t, p).Get(ctx, key)
		require.NoError(t, err)
		return found
	}
	put()
	require.NoError(t, p.EtcdAway(ctx, func(string) error {
		require.Error(t, operator(t, p).Ping(ctx), "it is away")
		return nil
	}))
	require.True(t, has(), "what was there is there again")
	require.NoError(t, p.EtcdAway(ctx, os.RemoveAll))
	require.False(t, has(), "an emptied one knows its users, and nothing else")

	stop()
	require.NoError(t, <-ended, "being away is no failure")
	server.close()
}

func operator(t *testing.T, p *Plane) *etcdkv.Client {
	t.Helper()
	store, err := etcdkv.Dial(p.Operator())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store
}
