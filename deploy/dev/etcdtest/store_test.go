package etcdtest_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
	"github.com/lablet-cloud-manager/lcm/core/etcdkv/kvtest"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/secret"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/etcdtest"
)

type compactable struct {
	*etcdkv.Client
	server *etcdtest.Server
}

func (c compactable) CompactNow(ctx context.Context) error { return c.server.Compact(ctx) }

func TestConformance(t *testing.T) {
	t.Parallel()
	kvtest.Run(t, func(t *testing.T) kvtest.Store {
		server := etcdtest.New(t)
		return compactable{server.Client(), server}
	})
}

func TestDialNeedsNoServer(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, reason string
		config       etcdkv.Config
	}{
		{"plain", "a process starts while etcd is away", etcdkv.Config{}},
		{"with a login", "etcd's client logs in when made, which must not hold up the start",
			etcdkv.Config{Username: "api", Password: secret.New("pw")}},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := etcdtest.New(t)
			server.Stop()
			test.config.Endpoints = []string{server.Endpoint}
			test.config.CallTimeout = 300 * time.Millisecond
			begun := time.Now()
			client, err := etcdkv.Dial(test.config)
			require.NoError(t, err, test.reason)
			defer func() { require.NoError(t, client.Close()) }()
			require.Less(t, time.Since(begun), time.Second, test.reason)

			err = client.Ping(t.Context())
			require.Equal(t, failure.Unavailable, failure.KindOf(err))

			server.Start()
			require.Eventually(t, func() bool { return client.Ping(t.Context()) == nil }, 10*time.Second, 50*time.Millisecond)
		})
	}
}

func TestClosedClient(t *testing.T) {
	t.Parallel()
	client := etcdtest.New(t).Client()
	require.NoError(t, client.Close())
	require.ErrorIs(t, client.Ping(t.Context()), etcdkv.ErrClosed)
	batch := <-client.Watch(t.Context(), "/", 0)
	require.ErrorIs(t, batch.Err, etcdkv.ErrClosed)
}
