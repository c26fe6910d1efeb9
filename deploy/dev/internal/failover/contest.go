package failover

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
	"github.com/lablet-cloud-manager/lcm/core/leader"
)

// Options say who contends.
type Options struct {
	// Service names the election.
	Service string
	// Replicas is their number, TTL their lease.
	Replicas int
	TTL      time.Duration
	// Etcd is the endpoint, Executable a program that runs Replica when called with Command and the service's name.
	Etcd, Executable string
}

// Contest is an election among processes. It is used by one goroutine.
type Contest struct {
	options Options
	etcd    *etcdkv.Client
	api     *terms
	server  *http.Server
	address string
	started int
	running []*process
}

type process struct {
	id    string
	cmd   *exec.Cmd
	relay *relay
	done  chan struct{}
}

const apiKey = "the-key-of-a-contest-0123456789abcdef"

// New starts the replicas; nobody leads yet.
func New(ctx context.Context, o Options) (*Contest, error) {
	etcd, err := etcdkv.Dial(etcdkv.Config{Endpoints: []string{o.Etcd}})
	if err != nil {
		return nil, err
	}
	c := &Contest{options: o, etcd: etcd, api: newTerms(o.Service, etcd)}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, etcd.Close())
	}
	c.address = "http://" + listener.Addr().String()
	c.server = &http.Server{Handler: c.api, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = c.server.Serve(listener) }() // it ends with Close
	for range o.Replicas {
		if err := c.Join(ctx); err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	return c, nil
}

// Join starts one more replica.
func (c *Contest) Join(ctx context.Context) error {
	r, err := newRelay(strings.TrimPrefix(c.options.Etcd, "http://"))
	if err != nil {
		return err
	}
	c.started++
	p := &process{id: fmt.Sprintf("replica-%d", c.started), relay: r, done: make(chan struct{})}
	p.cmd = exec.CommandContext(ctx, c.options.Executable, Command, c.options.Service) //nolint:gosec // this very program
	p.cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "INSTANCE_ID=" + p.id, "LOG_LEVEL=WARNING",
		"ETCD_ENDPOINTS=" + r.endpoint(), "LEADER_LEASE_TTL=" + c.options.TTL.String(),
		"CONTROL_PLANE_API_URL=" + c.address, "CONTROL_PLANE_API_KEY=" + apiKey,
	}
	if err := p.cmd.Start(); err != nil {
		r.close()
		return fmt.Errorf("start %s: %w", p.id, err)
	}
	go func() {
		defer close(p.done)
		_ = p.cmd.Wait() // how it ended is what the contest is about
	}()
	c.running = append(c.running, p)
	return nil
}

// Await waits until a replica leads and all others stand by, and tells which one leads.
func (c *Contest) Await(ctx context.Context) (leader string, err error) {
	err = c.api.await(ctx, func() bool {
		n := len(c.api.writes)
		if n == 0 || c.api.writes[n-1].Stale {
			return false
		}
		leader = c.api.writes[n-1].Replica
		return slices.ContainsFunc(c.running, func(p *process) bool { return p.id == leader })
	})
	if err != nil {
		return "", fmt.Errorf("nobody leads: %w", err)
	}
	return leader, c.queued(ctx)
}

// queued waits until every replica has its place in the queue.
func (c *Contest) queued(ctx context.Context) error {
	for ctx.Err() == nil {
		page, err := c.etcd.List(ctx, leader.Prefix(c.options.Service), "", 0, 0)
		if err == nil && len(page.Items) >= len(c.running) {
			return nil
		}
		pause(ctx, 10*time.Millisecond)
	}
	return errors.New("not all replicas are in the queue")
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// Signal sends a signal to a replica.
func (c *Contest) Signal(id string, signal syscall.Signal) error {
	for _, p := range c.running {
		if p.id == id {
			return p.cmd.Process.Signal(signal)
		}
	}
	return fmt.Errorf("no replica %s", id)
}

// Part cuts a replica off from etcd, and from nothing else; Heal ends that.
func (c *Contest) Part(id string) { c.onRelay(id, (*relay).part) }

// Heal ends Part.
func (c *Contest) Heal(id string) { c.onRelay(id, (*relay).heal) }

func (c *Contest) onRelay(id string, do func(*relay)) {
	for _, p := range c.running {
		if p.id == id {
			do(p.relay)
		}
	}
}

// Left takes a replica that was told to end out of the contest, once it has.
func (c *Contest) Left(ctx context.Context, id string) error {
	for n, p := range c.running {
		if p.id != id {
			continue
		}
		select {
		case <-p.done:
		case <-ctx.Done():
			return fmt.Errorf("%s does not end: %w", id, ctx.Err())
		}
		p.relay.close()
		c.running = slices.Delete(c.running, n, n+1)
		return nil
	}
	return fmt.Errorf("no replica %s", id)
}

// Successor waits for the first write of another replica than the given one.
func (c *Contest) Successor(ctx context.Context, of string) (first Write, err error) {
	c.api.mu.Lock()
	from := len(c.api.writes)
	c.api.mu.Unlock()
	err = c.api.await(ctx, func() bool {
		for _, w := range c.api.writes[from:] {
			if w.Replica != of && !w.Stale {
				first = w
				return true
			}
		}
		return false
	})
	if err != nil {
		return first, fmt.Errorf("nobody follows %s: %w", of, err)
	}
	return first, nil
}

// Writes lists all writes so far.
func (c *Contest) Writes() []Write {
	c.api.mu.Lock()
	defer c.api.mu.Unlock()
	return slices.Clone(c.api.writes)
}

// Close kills whoever is left and lets go of everything.
func (c *Contest) Close() error {
	for _, p := range c.running {
		_ = p.cmd.Process.Kill() // it may have ended
		<-p.done
		p.relay.close()
	}
	c.running = nil
	return errors.Join(c.server.Close(), c.etcd.Close())
}
