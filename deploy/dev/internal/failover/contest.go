package failover

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
	"github.com/lablet-cloud-manager/lcm/core/leader"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/wire"
)

// Options say who contends.
type Options struct {
	// Service names the election.
	Service string
	// Replicas is their number, TTL their lease.
	Replicas int
	TTL      time.Duration
	// Dir keeps etcd and the store. Executable is a program that calls Child first of all.
	Dir, Executable string
}

// Contest is an election among processes. It is used by one goroutine.
type Contest struct {
	options Options
	plane   *plane.Plane
	stop    func() error
	etcd    *etcdkv.Client
	// worker is the one that leaders write to.
	worker  string
	calls   wire.Log
	started int
	running []*process
}

type process struct {
	id    string
	cmd   *exec.Cmd
	relay *relay
	api   *wire.Relay
	done  chan struct{}
}

// New starts the replicas; nobody leads yet.
func New(ctx context.Context, o Options) (*Contest, error) {
	c := &Contest{options: o}
	if err := c.serve(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	for range o.Replicas {
		if err := c.Join(ctx); err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	return c, nil
}

// Join starts one more replica.
func (c *Contest) Join(ctx context.Context) error {
	c.started++
	p := &process{id: fmt.Sprintf("replica-%d", c.started), done: make(chan struct{})}
	at := c.plane.Endpoints()
	var err error
	if p.relay, err = newRelay(strings.TrimPrefix(at.Etcd, "http://")); err != nil {
		return err
	}
	if p.api, err = c.calls.Open(p.id, at.API); err != nil {
		p.relay.close()
		return err
	}
	p.cmd = exec.CommandContext(ctx, c.options.Executable, asReplica, c.options.Service, c.worker) //nolint:gosec // this very program
	p.cmd.Env = append(c.plane.Environment(c.options.Service),
		"PATH="+os.Getenv("PATH"), "HOME="+os.Getenv("HOME"), "INSTANCE_ID="+p.id, "LOG_LEVEL=WARNING",
		"ETCD_ENDPOINTS="+p.relay.endpoint(), "LEADER_LEASE_TTL="+c.options.TTL.String(), "CONTROL_PLANE_API_URL="+p.api.URL)
	if err := p.cmd.Start(); err != nil {
		return errors.Join(fmt.Errorf("start %s: %w", p.id, err), p.close())
	}
	go func() {
		defer close(p.done)
		_ = p.cmd.Wait() // how it ended is what the contest is about
	}()
	c.running = append(c.running, p)
	return nil
}

// close ends a replica's ways.
func (p *process) close() error {
	p.relay.close()
	return p.api.Close()
}

// Await waits until a replica leads and all others stand by, and tells which one leads.
func (c *Contest) Await(ctx context.Context) (leader string, err error) {
	err = c.calls.Await(ctx, func(all []wire.Call) bool {
		last := len(all) - 1
		if last < 0 || !c.beat(all[last]) || !all[last].Accepted() {
			return false
		}
		leader = all[last].Caller
		return c.find(leader) != nil
	})
	if err != nil {
		return "", fmt.Errorf("nobody leads: %w", err)
	}
	return leader, c.queued(ctx)
}

func (c *Contest) find(id string) *process {
	for _, p := range c.running {
		if p.id == id {
			return p
		}
	}
	return nil
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
	p := c.find(id)
	if p == nil {
		return fmt.Errorf("no replica %s", id)
	}
	return p.cmd.Process.Signal(signal)
}

// Part cuts a replica off from etcd, and from nothing else; Heal ends that.
func (c *Contest) Part(id string) { c.onRelay(id, (*relay).part) }

// Heal ends Part.
func (c *Contest) Heal(id string) { c.onRelay(id, (*relay).heal) }

func (c *Contest) onRelay(id string, do func(*relay)) {
	if p := c.find(id); p != nil {
		do(p.relay)
	}
}

// Left takes a replica that was told to end out of the contest, once it has.
func (c *Contest) Left(ctx context.Context, id string) error {
	p := c.find(id)
	if p == nil {
		return fmt.Errorf("no replica %s", id)
	}
	select {
	case <-p.done:
	case <-ctx.Done():
		return fmt.Errorf("%s does not end: %w", id, ctx.Err())
	}
	c.running = slices.DeleteFunc(c.running, func(one *process) bool { return one == p })
	return p.close()
}

// Successor waits for the first write of another replica than the given one that the API takes.
func (c *Contest) Successor(ctx context.Context, of string) (first wire.Call, err error) {
	from := c.calls.Len()
	err = c.calls.Await(ctx, func(all []wire.Call) bool {
		for _, call := range all[from:] {
			if call.Caller != of && c.beat(call) && call.Accepted() {
				first = call
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

// Writes lists all writes so far, taken or refused, in the order of their answers.
func (c *Contest) Writes() []wire.Call {
	return slices.DeleteFunc(c.calls.Calls(), func(call wire.Call) bool { return !c.beat(call) })
}

// Close kills whoever is left and lets go of everything.
func (c *Contest) Close() (err error) {
	for _, p := range c.running {
		_ = p.cmd.Process.Kill() // it may have ended
		<-p.done
		err = errors.Join(err, p.close())
	}
	c.running = nil
	if c.etcd != nil {
		err = errors.Join(err, c.etcd.Close())
	}
	if c.stop != nil {
		err = errors.Join(err, c.stop())
	}
	return err
}
