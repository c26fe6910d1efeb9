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
	name string
	peer string
	dir  string
	// cluster names all members; "" when this is the only one.
	cluster string
	tick    time.Duration
	etcd    *embed.Etcd
}

// New runs an etcd until the end of the test.
func New(t testing.TB) *Server {
	t.Helper()
	// Short ticks allow leases of one second and start in a moment.
	s := &Server{Endpoint: freeURL(t), t: t, name: "test", peer: freeURL(t), dir: t.TempDir(), tick: 10 * time.Millisecond}
	s.Start()
	t.Cleanup(s.Stop)
	return s
}

// Start starts a stopped server on the data that it has, and waits until it serves.
func (s *Server) Start() {
	s.t.Helper()
	s.launch()
	s.await()
}

// launch starts a server; a member of a cluster serves only when most of the others do.
func (s *Server) launch() {
	s.t.Helper()
	config := embed.NewConfig()
	config.Name = s.name
	config.Dir = s.data()
	config.ListenClientUrls = parse(s.t, s.Endpoint)
	config.AdvertiseClientUrls = config.ListenClientUrls
	config.ListenPeerUrls = parse(s.t, s.peer)
	config.AdvertisePeerUrls = config.ListenPeerUrls
	if config.InitialCluster = s.cluster; s.cluster == "" {
		config.InitialCluster = config.InitialClusterFromName(config.Name)
	}
	config.TickMs, config.ElectionMs = uint(s.tick.Milliseconds()), uint(10*s.tick.Milliseconds())
	// A test's data need not outlive the machine.
	config.UnsafeNoFsync = true
	config.ZapLoggerBuilder = embed.NewZapLoggerBuilder(zap.NewNop())
	etcd, err := embed.StartEtcd(config)
	require.NoError(s.t, err, "start etcd")
	s.etcd = etcd
}

func (s *Server) await() {
	s.t.Helper()
	select {
	case <-s.etcd.Server.ReadyNotify():
	case <-time.After(30 * time.Second):
		s.Stop()
		require.FailNow(s.t, "etcd did not become ready")
	}
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

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
	require.NoError(s.t, os.RemoveAll(s.data()))
	s.Start()
}

// Backup copies the data, for Restore. The server is away meanwhile.
func (s *Server) Backup() {
	s.t.Helper()
	s.Stop()
	require.NoError(s.t, os.RemoveAll(s.backup()))
	require.NoError(s.t, os.CopyFS(s.backup(), os.DirFS(s.data())))
	s.Start()
}

// Restore stops the server and starts it on the data of the last Backup.
func (s *Server) Restore() {
	s.t.Helper()
	s.Stop()
	require.NoError(s.t, os.RemoveAll(s.data()))
	require.NoError(s.t, os.CopyFS(s.data(), os.DirFS(s.backup())))
	s.Start()
}

func (s *Server) backup() string { return filepath.Join(s.dir, "backup") }

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
	return dial(s.t, s.Endpoint)
}

// Client makes a client that goes through the relay; it is closed at the end of the test.
func (r *Relay) Client(t testing.TB) *etcdkv.Client {
	t.Helper()
	return dial(t, r.Endpoint)
}

func dial(t testing.TB, endpoints ...string) *etcdkv.Client {
	t.Helper()
	client, err := etcdkv.Dial(etcdkv.Config{Endpoints: endpoints})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
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
