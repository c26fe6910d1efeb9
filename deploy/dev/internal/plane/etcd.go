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

// etcdServer is etcd inside this process. It can be away for a while; its address stays.
type etcdServer struct {
	dir          string
	client, peer url.URL
	endpoint     string

	mu sync.Mutex
	// server is nil while etcd is away; changed is closed when that changes.
	server  *embed.Etcd
	changed chan struct{}
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
	e := &etcdServer{dir: dir, client: client, peer: peer, endpoint: client.String(), changed: make(chan struct{})}
	if err := e.up(ctx); err != nil {
		return nil, err
	}
	return e, nil
}

// up starts etcd on what is in its folder, and waits until it serves.
func (e *etcdServer) up(ctx context.Context) error {
	config := embed.NewConfig()
	config.Dir, config.LogLevel, config.LogOutputs = e.dir, "error", []string{filepath.Join(filepath.Dir(e.dir), "etcd.log")}
	config.TickMs, config.ElectionMs = 10, 100
	config.ListenClientUrls, config.AdvertiseClientUrls = []url.URL{e.client}, []url.URL{e.client}
	config.ListenPeerUrls, config.AdvertisePeerUrls = []url.URL{e.peer}, []url.URL{e.peer}
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	config.AutoCompactionMode, config.AutoCompactionRetention = "periodic", "10m"
	config.QuotaBackendBytes = 2 << 30
	// Passwords here are random, so a slow hash protects nothing, and would take the processor's time at each connection.
	config.BcryptCost = leastCost
	server, err := embed.StartEtcd(config)
	if err != nil {
		return fmt.Errorf("etcd: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, etcdStart)
	defer cancel()
	select {
	case <-server.Server.ReadyNotify():
		e.become(server)
		return nil
	case err := <-server.Err():
		server.Close()
		return fmt.Errorf("etcd: %w", err)
	case <-ctx.Done():
		server.Close()
		return errors.New("etcd: not ready in time")
	}
}

// become takes a server in place of the one so far, which it gives; nil is none.
func (e *etcdServer) become(server *embed.Etcd) (before *embed.Etcd) {
	e.mu.Lock()
	defer e.mu.Unlock()
	before, e.server = e.server, server
	close(e.changed)
	e.changed = make(chan struct{})
	return before
}

func (e *etcdServer) now() (failed <-chan error, changed <-chan struct{}) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.server != nil {
		failed = e.server.Err()
	}
	return failed, e.changed
}

// run serves until ctx ends.
func (e *etcdServer) run(ctx context.Context) error {
	defer e.close()
	for {
		failed, changed := e.now()
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		case err := <-failed:
			if err != nil { // none is the end of one that was closed
				return fmt.Errorf("etcd: %w", err)
			}
			pause(ctx, etcdLook)
		}
	}
}

// etcdLook is the pause before a server that was closed is looked at again.
const etcdLook = 10 * time.Millisecond

// close stops etcd; a second call does nothing.
func (e *etcdServer) close() {
	if server := e.become(nil); server != nil {
		server.Close()
	}
}

// freeAddress finds a port that is free now; etcd has no way to be given a listener.
func freeAddress() (url.URL, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return url.URL{}, fmt.Errorf("etcd: %w", err)
	}
	defer func() { _ = listener.Close() }()
	return url.URL{Scheme: "http", Host: listener.Addr().String()}, nil
}
