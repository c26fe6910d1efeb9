package etcdkv

import (
	"context"
	"sync"

	"google.golang.org/grpc/stats"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// errConnectionLost ends the watches of a client that lost a connection. etcd's client would take them up again by itself
// where they were, on a server that may have been wiped meanwhile and come as far again: then nothing would tell that the
// history is another one.
var errConnectionLost = failure.New(failure.Unavailable, "etcd_connection_lost", "a connection to etcd was lost")

// connections tells watches when a connection has ended. It is the stats.Handler of the gRPC connection.
type connections struct {
	mu   sync.Mutex
	lost chan struct{}
}

func newConnections() *connections { return &connections{lost: make(chan struct{})} }

// nextLoss is closed when the next connection ends.
func (c *connections) nextLoss() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lost
}

// HandleConn implements stats.Handler.
func (c *connections) HandleConn(_ context.Context, event stats.ConnStats) {
	if _, ended := event.(*stats.ConnEnd); !ended {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.lost)
	c.lost = make(chan struct{})
}

// TagConn implements stats.Handler.
func (c *connections) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }

// TagRPC implements stats.Handler.
func (c *connections) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context { return ctx }

// HandleRPC implements stats.Handler.
func (c *connections) HandleRPC(context.Context, stats.RPCStats) {}
