package relay

import (
	"sync"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// errEtcdAway is what a put gets that is not even tried.
var errEtcdAway = failure.New(failure.Unavailable, "etcd_unavailable", "etcd does not answer")

// probeEvery is how often one put is let through while etcd is away.
const probeEvery = time.Second

// gate keeps puts from queueing up before an etcd that does not answer: one at a time tries whether it is back.
type gate struct {
	now func() time.Time
	// reopened has room for one word that etcd is back.
	reopened chan struct{}

	mu      sync.Mutex
	closed  bool
	probing bool
	next    time.Time
}

func newGate(now func() time.Time) *gate { return &gate{now: now, reopened: make(chan struct{}, 1)} }

// enter reports whether to try. Whoever may must call leave.
func (g *gate) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.closed {
		return true
	}
	if g.probing || g.now().Before(g.next) {
		return false
	}
	g.probing = true
	return true
}

// leave tells how it went.
func (g *gate) leave(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.probing = false
	if failure.Is(err, failure.Unavailable) {
		g.closed, g.next = true, g.now().Add(probeEvery)
		return
	}
	if g.closed {
		g.closed = false
		select {
		case g.reopened <- struct{}{}:
		default:
		}
	}
}

func (g *gate) isClosed() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.closed
}
