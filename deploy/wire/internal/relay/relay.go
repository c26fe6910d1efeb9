package relay

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
)

// Relay serves clients of one server. New makes it.
type Relay struct {
	upstream string
	listener net.Listener
	// turn holds its token while no changing command is at the server.
	turn chan struct{}

	connections sync.WaitGroup
	mu          sync.Mutex
	open        map[net.Conn]bool
	closed      bool
	refused     []string
	// lose names the command whose next reply is lost, "" none.
	lose string
}

// errLost ends a connection in the place of a reply.
var errLost = errors.New("reply is lost on purpose")

// New relays connections to a free port of this machine to the server at the address upstream, until Close.
func New(ctx context.Context, upstream string) (*Relay, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	r := &Relay{upstream: upstream, listener: listener, turn: make(chan struct{}, 1), open: map[net.Conn]bool{}}
	r.turn <- struct{}{}
	r.connections.Go(r.accept)
	return r, nil
}

// Address is what clients connect to.
func (r *Relay) Address() string { return r.listener.Addr().String() }

// Refused lists the reasons of all refusals so far.
func (r *Relay) Refused() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.refused...)
}

// LoseReply breaks the connection in the place of the reply to the next command of this name. The command has its effect.
func (r *Relay) LoseReply(command string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lose = command
}

func (r *Relay) loses(command string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lose != command {
		return false
	}
	r.lose = ""
	return true
}

// Close ends all connections and waits for their goroutines. A second Close does nothing.
func (r *Relay) Close() error {
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		return nil
	}
	r.closed = true
	err := r.listener.Close()
	for c := range r.open {
		_ = c.Close()
	}
	r.mu.Unlock()
	r.connections.Wait()
	return err
}

func (r *Relay) accept() {
	for {
		client, err := r.listener.Accept()
		if err != nil {
			return // closed
		}
		r.connections.Go(func() { r.serve(client) })
	}
}

// keep remembers a connection for Close, and closes it when that came first.
func (r *Relay) keep(c net.Conn) (forget func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open[c] = true
	if r.closed {
		_ = c.Close()
	}
	return func() {
		_ = c.Close()
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.open, c)
	}
}

// serve carries one client's messages, one at a time, until either side ends.
func (r *Relay) serve(client net.Conn) {
	defer r.keep(client)()
	server, err := (&net.Dialer{}).Dial("tcp", r.upstream)
	if err != nil {
		return
	}
	defer r.keep(server)()
	for {
		request, err := readFrame(client)
		if err != nil {
			return
		}
		reply, err := r.exchange(server, request)
		if err != nil {
			return
		}
		if _, err := client.Write(reply); err != nil {
			return
		}
	}
}

// exchange gets the reply to one request.
func (r *Relay) exchange(server net.Conn, request frame) (frame, error) {
	switch request.opcode() {
	case opQuery:
		return forward(server, request)
	case opMsg:
	default:
		return nil, fmt.Errorf("operation %d is not relayed", request.opcode())
	}
	if request.flags()&flagMoreToCome != 0 {
		return nil, errors.New("a request without a reply is not relayed")
	}
	c, err := parse(request)
	if err != nil {
		return nil, err
	}
	if reason := c.refusal(); reason != "" {
		r.mu.Lock()
		r.refused = append(r.refused, c.name+": "+reason)
		r.mu.Unlock()
		return refuse(request, reason)
	}
	if c.changes() {
		token := <-r.turn
		defer func() { r.turn <- token }()
	}
	reply, err := forward(server, request)
	if err != nil {
		return nil, err
	}
	if r.loses(c.name) {
		return nil, errLost
	}
	return amend(request, c, reply)
}

func forward(server net.Conn, request frame) (frame, error) {
	if _, err := server.Write(request); err != nil {
		return nil, err
	}
	return readFrame(server)
}
