// Package etcdtest runs a real etcd inside a test's process.
package etcdtest

import (
	"context"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/server/v3/embed"
	"go.uber.org/zap"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
)

// Start runs an etcd until the end of the test and gives its client endpoint.
func Start(t testing.TB) (endpoint string) {
	t.Helper()
	return New(t).Endpoint
}

// Server is an etcd of one member that can be stopped, started and emptied. Its endpoint stays the same.
type Server struct {
	// Endpoint is the URL for clients.
	Endpoint string

	t    testing.TB
	peer string
	dir  string
	etcd *embed.Etcd
}

// New runs an etcd until the end of the test.
func New(t testing.TB) *Server {
	t.Helper()
	s := &Server{Endpoint: freeURL(t), t: t, peer: freeURL(t), dir: t.TempDir()}
	s.Start()
	t.Cleanup(s.Stop)
	return s
}

// Start starts a stopped server on the data that it has.
func (s *Server) Start() {
	s.t.Helper()
	config := embed.NewConfig()
	config.Name = "test"
	config.Dir = filepath.Join(s.dir, "data")
	config.ListenClientUrls = parse(s.t, s.Endpoint)
	config.AdvertiseClientUrls = config.ListenClientUrls
	config.ListenPeerUrls = parse(s.t, s.peer)
	config.AdvertisePeerUrls = config.ListenPeerUrls
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	// Short ticks allow leases of one second and start in a moment; a test's data need not outlive the machine.
	config.TickMs, config.ElectionMs = 10, 100
	config.UnsafeNoFsync = true
	config.ZapLoggerBuilder = embed.NewZapLoggerBuilder(zap.NewNop())
	etcd, err := embed.StartEtcd(config)
	require.NoError(s.t, err, "start etcd")
	select {
	case <-etcd.Server.ReadyNotify():
		s.etcd = etcd
	case <-time.After(30 * time.Second):
		etcd.Close()
		require.FailNow(s.t, "etcd did not become ready")
	}
}

// Stop stops the server and keeps its data. A stopped server stays stopped.
func (s *Server) Stop() {
	if s.etcd != nil {
		s.etcd.Close()
		s.etcd = nil
	}
}

// Restart stops the server and starts it on the same data.
func (s *Server) Restart() {
	s.t.Helper()
	s.Stop()
	s.Start()
}

// Wipe stops the server and starts it on empty data, with the same cluster id.
func (s *Server) Wipe() {
	s.t.Helper()
	s.Stop()
	require.NoError(s.t, os.RemoveAll(filepath.Join(s.dir, "data")))
	s.Start()
}

// Compact forgets the history up to the present revision.
func (s *Server) Compact(ctx context.Context) error {
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{s.Endpoint}, Logger: zap.NewNop()})
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	now, err := client.Get(ctx, "any")
	if err != nil {
		return err
	}
	_, err = client.Compact(ctx, now.Header.GetRevision(), clientv3.WithCompactPhysical())
	return err
}

// Client makes a client of the server that is closed at the end of the test.
func (s *Server) Client() *etcdkv.Client {
	s.t.Helper()
	client, err := etcdkv.Dial(etcdkv.Config{Endpoints: []string{s.Endpoint}})
	require.NoError(s.t, err)
	s.t.Cleanup(func() { require.NoError(s.t, client.Close()) })
	return client
}

func freeURL(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, listener.Close()) }()
	return "http://" + listener.Addr().String()
}

func parse(t testing.TB, text string) []url.URL {
	t.Helper()
	parsed, err := url.Parse(text)
	require.NoError(t, err)
	return []url.URL{*parsed}
}
