package etcdtest

import (
	"errors"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// Relay is a way to a server over TCP that breaks on demand. It looks at no byte that it carries.
type Relay struct {
	// Endpoint is the URL for clients.
	Endpoint string

	target   string
	listener net.Listener
	running  sync.WaitGroup

	mu sync.Mutex
	// open is closed while bytes flow; a held relay replaces it.
	open    chan struct{}
	held    bool
	refuses bool
	pairs   map[*pair]bool
	cuts    int
}

// pair is one connection of a client and the one to the server that belongs to it.
type pair struct {
	client net.Conn
	server net.Conn
	over   chan struct{}
}

// NewRelay carries connections to a server's endpoint until the end of the test.
func NewRelay(t testing.TB, endpoint string) *Relay {
	t.Helper()
	target, err := url.Parse(endpoint)
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	r := &Relay{
		Endpoint: "http://" + listener.Addr().String(), target: target.Host, listener: listener,
		open: make(chan struct{}), pairs: map[*pair]bool{},
	}
	close(r.open)
	r.running.Go(r.accept)
	t.Cleanup(func() {
		_ = listener.Close()
		r.Cut()
		r.running.Wait()
	})
	return r
}

// Cut ends all connections at once, as when a proxy between dies. New ones are carried.
func (r *Relay) Cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cuts++
	for p := range r.pairs {
		p.end()
		delete(r.pairs, p)
	}
}

// Cuts counts them.
func (r *Relay) Cuts() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.cuts
}

// Hold keeps every byte back without a word to either side, as when a cable is pulled, or lets them flow again.
func (r *Relay) Hold(hold bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case hold && !r.held:
		r.open = make(chan struct{})
	case !hold && r.held:
		close(r.open)
	}
	r.held = hold
}

// Refuse cuts all connections and ends new ones at once, as when nothing listens, or ends that.
func (r *Relay) Refuse(refuse bool) {
	r.mu.Lock()
	r.refuses = refuse
	r.mu.Unlock()
	if refuse {
		r.Cut()
	}
}

func (r *Relay) accept() {
	for {
		conn, err := r.listener.Accept()
		if err != nil {
			return
		}
		p := &pair{client: conn, over: make(chan struct{})}
		if r.add(p) {
			r.running.Go(func() { r.carry(p) })
		}
	}
}

func (r *Relay) add(p *pair) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.refuses {
		_ = p.client.Close()
		return false
	}
	r.pairs[p] = true
	return true
}

func (r *Relay) carry(p *pair) {
	defer r.drop(p)
	if !r.pass(p) {
		return
	}
	server, err := net.Dial("tcp", r.target)
	if err != nil || !r.joined(p, server) {
		return
	}
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{p.client, server}, {server, p.client}} {
		both.Go(func() {
			defer r.drop(p)
			_ = r.pump(p, way[1], way[0])
		})
	}
	both.Wait()
}

// joined gives a pair its other half, unless it was cut meanwhile.
func (r *Relay) joined(p *pair, server net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.pairs[p] {
		_ = server.Close()
		return false
	}
	p.server = server
	return true
}

// drop ends one pair.
func (r *Relay) drop(p *pair) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pairs[p] {
		p.end()
		delete(r.pairs, p)
	}
}

func (r *Relay) pump(p *pair, to io.Writer, from io.Reader) error {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if !r.pass(p) {
			return errors.New("cut")
		}
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
	}
}

// pass waits while the relay holds; it is false when the pair was cut.
func (r *Relay) pass(p *pair) bool {
	r.mu.Lock()
	open := r.open
	r.mu.Unlock()
	select {
	case <-p.over:
		return false
	case <-open:
		return true
	}
}

func (p *pair) end() {
	close(p.over)
	for _, conn := range []net.Conn{p.client, p.server} {
		if tcp, ok := conn.(*net.TCPConn); ok {
			// Not a polite end: what is under way is lost.
			_ = tcp.SetLinger(0)
			_ = tcp.Close()
		}
	}
}
