package failover

import (
	"errors"
	"fmt"
	"net"
	"sync"
)

// relay passes connections on to an address until it is cut; then nothing passes any more, and nobody is told.
type relay struct {
	listener net.Listener
	target   string
	running  sync.WaitGroup

	mu    sync.Mutex
	open  chan struct{} // closed while bytes pass
	cut   bool
	conns []net.Conn
}

func newRelay(target string) (*relay, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("relay: %w", err)
	}
	r := &relay{listener: listener, target: target, open: make(chan struct{})}
	close(r.open)
	r.running.Go(r.accept)
	return r, nil
}

func (r *relay) endpoint() string { return "http://" + r.listener.Addr().String() }

func (r *relay) accept() {
	for {
		near, err := r.listener.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", r.target)
		if err != nil {
			_ = near.Close()
			continue
		}
		r.mu.Lock()
		r.conns = append(r.conns, near, far)
		r.mu.Unlock()
		r.running.Go(func() { r.pass(near, far) })
		r.running.Go(func() { r.pass(far, near) })
	}
}

func (r *relay) pass(from, to net.Conn) {
	defer func() { _ = errors.Join(from.Close(), to.Close()) }()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 {
			<-r.passing()
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return // closed by one side: so is the other
		}
	}
}

func (r *relay) passing() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.open
}

// part holds everything up, heal ends that.
func (r *relay) part() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.cut {
		r.cut, r.open = true, make(chan struct{})
	}
}

func (r *relay) heal() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cut {
		r.cut = false
		close(r.open)
	}
}

func (r *relay) close() {
	_ = r.listener.Close()
	r.heal()
	r.mu.Lock()
	for _, conn := range r.conns {
		_ = conn.Close()
	}
	r.mu.Unlock()
	r.running.Wait()
}
