// Package run starts the parts of a process in order and stops them in reverse, with one deadline.
package run

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"time"
)

// StopTimeout is how long all parts together may take to stop, unless Group says otherwise.
const StopTimeout = 10 * time.Second

// Group is a list of parts that run together. Fill it, then call Run once.
type Group struct {
	// StopTimeout bounds the stop of all parts together; 0 means 10 s.
	StopTimeout time.Duration
	// Log may be nil.
	Log *slog.Logger

	parts []*part
}

type part struct {
	name   string
	start  func(ctx context.Context) error
	ready  func(ctx context.Context) error
	cancel context.CancelFunc
	done   chan struct{}
	err    error
}

// Option changes how a part is started.
type Option func(*part)

// Ready makes the next part wait until ready returns nil. An error of it stops the group.
func Ready(ready func(ctx context.Context) error) Option { return func(p *part) { p.ready = ready } }

// Add appends a part. start runs until its context ends and then returns when it has stopped; nil or the context's error
// mean that all went well. A part that returns nil by itself is finished, one that returns an error stops the group.
func (g *Group) Add(name string, start func(ctx context.Context) error, options ...Option) {
	p := &part{name: name, start: start, done: make(chan struct{})}
	for _, option := range options {
		option(p)
	}
	g.parts = append(g.parts, p)
}

// Run starts the parts in order and returns when ctx has ended, a part has failed, or all have finished, and all have been
// stopped in reverse. The error names the part that failed first and those that did not stop in time.
func (g *Group) Run(ctx context.Context) error {
	log := g.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	running, abort := context.WithCancelCause(ctx)
	defer abort(nil)
	started := 0
	for _, p := range g.parts {
		if running.Err() != nil {
			break
		}
		log.Info("starting", "part", p.name)
		p.launch(ctx, abort)
		started++
		if err := p.await(running); err != nil {
			abort(fmt.Errorf("%s not ready: %w", p.name, err))
		}
	}
	if running.Err() == nil {
		waitAll(running, g.parts)
	}
	failed := context.Cause(running)
	if ctx.Err() != nil && errors.Is(failed, context.Cause(ctx)) {
		failed = nil
	}
	return errors.Join(failed, g.stop(log, g.parts[:started], failed))
}

// launch runs a part on a context of its own, so that the order of stopping is ours.
func (p *part) launch(ctx context.Context, abort context.CancelCauseFunc) {
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	p.cancel = cancel
	go func() {
		defer close(p.done)
		err := protect(own, p.start)
		if err == nil || (own.Err() != nil && errors.Is(err, own.Err())) {
			return
		}
		p.err = fmt.Errorf("%s: %w", p.name, err)
		abort(p.err)
	}()
}

// await returns when the part is ready, or the group is told to stop.
func (p *part) await(running context.Context) error {
	if p.ready == nil {
		return nil
	}
	err := p.ready(running)
	if running.Err() != nil {
		return nil
	}
	return err
}

func waitAll(running context.Context, parts []*part) {
	for _, p := range parts {
		select {
		case <-p.done:
		case <-running.Done():
			return
		}
	}
}

// stop ends the parts one after another, the last first. After the deadline all that are left are told at once.
func (g *Group) stop(log *slog.Logger, parts []*part, failed error) error {
	timeout := g.StopTimeout
	if timeout <= 0 {
		timeout = StopTimeout
	}
	deadline := time.NewTimer(timeout)
	defer deadline.Stop()
	late := false
	var stuck []string
	var errs []error
	for i := len(parts) - 1; i >= 0; i-- {
		p := parts[i]
		log.Info("stopping", "part", p.name)
		p.cancel()
		if late {
			deadline.Reset(time.Millisecond)
		}
		select {
		case <-p.done:
			if p.err != nil && !errors.Is(failed, p.err) {
				errs = append(errs, p.err)
			}
		case <-deadline.C:
			late = true
			stuck = append(stuck, p.name)
		}
	}
	if len(stuck) > 0 {
		errs = append(errs, fmt.Errorf("did not stop within %s: %s", timeout, strings.Join(stuck, ", ")))
	}
	return errors.Join(errs...)
}

func protect(ctx context.Context, start func(context.Context) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return start(ctx)
}
