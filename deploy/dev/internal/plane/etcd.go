package plane

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"sync"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
)

// etcdServer is etcd inside this process.
type etcdServer struct {
	server   *embed.Etcd
	endpoint string
	closing  sync.Once
}

const etcdStart = 30 * time.Second

// leastCost is bcrypt's least.
const leastCost = 4

// startEtcd starts etcd on a folder; its ports are free ones, so clients are told the endpoint at every start.
func startEtcd(ctx context.Context, dir string) (*etcdServer, error) {
	client, err := freeAddress()
	if err != nil {
		return nil, err
	}
	peer, err := freeAddress()
	if err != nil {
		return nil, err
	}
	config := embed.NewConfig()
	config.Dir, config.LogLevel, config.LogOutputs = dir, "error", []string{filepath.Join(filepath.Dir(dir), "etcd.log")}
	config.TickMs, config.ElectionMs = 10, 100
	config.ListenClientUrls, config.AdvertiseClientUrls = []url.URL{client}, []url.URL{client}
	config.ListenPeerUrls, config.AdvertisePeerUrls = []url.URL{peer}, []url.URL{peer}
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	config.AutoCompactionMode, config.AutoCompactionRetention = "periodic", "10m"
	config.QuotaBackendBytes = 2 << 30
	// Passwords here are random, so a slow hash protects nothing, and would take the processor's time at each connection.
	config.BcryptCost = leastCost
	server, err := embed.StartEtcd(config)
	if err != nil {
		return nil, fmt.Errorf("etcd: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, etcdStart)
	defer cancel()
	select {
	case <-server.Server.ReadyNotify():
		return &etcdServer{server: server, endpoint: client.String()}, nil
	case err := <-server.Err():
		server.Close()
		return nil, fmt.Errorf("etcd: %w", err)
	case <-ctx.Done():
		server.Close()
		return nil, errors.New("etcd: not ready in time")
	}
}

// run serves until ctx ends.
func (e *etcdServer) run(ctx context.Context) error {
	defer e.close()
	select {
	case <-ctx.Done():
		return nil
	case err := <-e.server.Err():
		return fmt.Errorf("etcd: %w", err)
	}
}

// close stops etcd; a second call does nothing.
func (e *etcdServer) close() { e.closing.Do(e.server.Close) }

// freeAddress finds a port that is free now; etcd has no way to be given a listener.
func freeAddress() (url.URL, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return url.URL{}, fmt.Errorf("etcd: %w", err)
	}
	defer func() { _ = listener.Close() }()
	return url.URL{Scheme: "http", Host: listener.Addr().String()}, nil
}
