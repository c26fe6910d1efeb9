package bubble

import (
	"context"
	"fmt"
	"net"
	"slices"
	"sync"
)

// network connects in memory. Several listeners may share an address, as replicas behind a load balancer do.
type network struct {
	mu        sync.Mutex
	listeners map[string][]*listener
	turn      int
}

func newNetwork() *network { return &network{listeners: map[string][]*listener{}} }

// address is where a listener is found.
type address string

// Network implements net.Addr.
func (a address) Network() string { return "tcp" }

// String implements net.Addr.
func (a address) String() string { return string(a) }

type listener struct {
	network *network
	at      address
	accept  chan net.Conn
	closed  chan struct{}
	close   sync.Once

	mu    sync.Mutex
	conns []net.Conn
}

func (n *network) listen(at string) *listener {
	l := &listener{network: n, at: address(at), accept: make(chan net.Conn), closed: make(chan struct{})}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.listeners[at] = append(n.listeners[at], l)
	return l
}

// dial connects to one of the listeners of an address, each in its turn.
func (n *network) dial(ctx context.Context, _, at string) (net.Conn, error) {
	n.mu.Lock()
	all := slices.Clone(n.listeners[at])
	n.turn++
	turn := n.turn
	n.mu.Unlock()
	if len(all) == 0 {
		return nil, fmt.Errorf("dial %s: connection refused", at)
	}
	return all[turn%len(all)].connect(ctx)
}

func (l *listener) connect(ctx context.Context) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case l.accept <- far:
		l.mu.Lock()
		defer l.mu.Unlock()
		l.conns = append(l.conns, near, far)
		return near, nil
	case <-l.closed:
		return nil, fmt.Errorf("dial %s: connection refused", l.at)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.accept:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (l *listener) Close() error {
	l.close.Do(func() {
		close(l.closed)
		l.network.mu.Lock()
		defer l.network.mu.Unlock()
		at := string(l.at)
		l.network.listeners[at] = slices.DeleteFunc(l.network.listeners[at], func(other *listener) bool { return other == l })
	})
	return nil
}

// Addr implements net.Listener.
func (l *listener) Addr() net.Addr { return l.at }

// cut closes the listener and every connection, as the death of a process does.
func (l *listener) cut() {
	_ = l.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, conn := range l.conns {
		_ = conn.Close()
	}
	l.conns = nil
}
