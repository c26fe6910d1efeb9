package delivery

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// Delivery sends what waits in the journal while Run runs. Only the leading replica runs it; two at once send twice, under
// the same ids, and are no other harm.
type Delivery struct {
	config Config
	engine Engine
	queue  Queue
	log    *slog.Logger
	pace   *pace

	mu    sync.Mutex
	state string

	// Sent, Failed and Dead count deliveries that were taken, that failed, and events that were laid aside.
	Sent, Failed, Dead atomic.Int64
}

// The states of a delivery, as people see them.
const (
	StateNoSink  = "no sink configured"
	StateStandby = "standby"
	StateRunning = "delivering"
	StateRetry   = "sink does not take events, trying again"
	StateGone    = "stopped: the sink answered 410"
)

// New makes a delivery. Without a sink it does nothing and says so.
func New(config Config, engine Engine, queue Queue, log *slog.Logger) *Delivery {
	config.complete()
	d := &Delivery{config: config, engine: engine, queue: queue, log: log, pace: &pace{}, state: StateStandby}
	if config.Sink == nil {
		d.state = StateNoSink
	}
	return d
}

// State tells what the delivery does here.
func (d *Delivery) State() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.state
}

func (d *Delivery) setState(state string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.state = state
}

// Run delivers until ctx ends or the sink has gone.
func (d *Delivery) Run(ctx context.Context) {
	if d.config.Sink == nil {
		return
	}
	defer func() {
		if d.State() != StateGone {
			d.setState(StateStandby)
		}
	}()
	d.pace.set(d.config.handshake(ctx))
	d.setState(StateRunning)
	wait := d.config.Delay
	for ctx.Err() == nil {
		pause := idle
		switch out := d.round(ctx); {
		case out.gone:
			d.stopForGood(ctx)
			return
		case out.later:
			d.setState(StateRetry)
			pause = max(wait, out.after)
			wait = min(2*wait, longestDelay)
		case out.worked:
			pause, wait = 0, d.config.Delay
			d.setState(StateRunning)
		default:
			wait = d.config.Delay
			d.setState(StateRunning)
		}
		sleep(ctx, pause)
	}
}

// stopForGood also keeps what the sink said when this process is about to end.
func (d *Delivery) stopForGood(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepTimeout)
	defer cancel()
	if err := d.rememberGone(ctx); err != nil {
		d.log.Warn("not kept that the sink has gone", "error", err)
	}
	d.setState(StateGone)
	d.log.Warn("the sink wants no more events (410); delivery stops until another one is configured")
}

// outcome sums up what came of some deliveries.
type outcome struct {
	gone, later, worked bool
	after               time.Duration
}

func (o *outcome) add(other outcome) {
	o.gone = o.gone || other.gone
	o.later = o.later || other.later
	o.worked = o.worked || other.worked
	o.after = max(o.after, other.after)
}

// round sends what waits now, several aggregates side by side.
func (d *Delivery) round(ctx context.Context) outcome {
	var all outcome
	gone, err := d.hasGone(ctx)
	if err == nil && gone {
		return outcome{gone: true}
	}
	var names []string
	if err == nil {
		names, err = d.queue.Waiting(ctx, lookAhead)
	}
	if err != nil {
		d.warn(ctx, "journal not read", err)
		return outcome{later: true}
	}
	var mu sync.Mutex
	var group errgroup.Group
	group.SetLimit(aggregatesAtOnce)
	for _, name := range names {
		mu.Lock()
		stop := all.gone || all.later
		mu.Unlock()
		if stop {
			break // the sink does not answer: the others would only queue up before it
		}
		group.Go(func() error {
			one := d.aggregate(ctx, name)
			mu.Lock()
			defer mu.Unlock()
			all.add(one)
			return nil
		})
	}
	_ = group.Wait() // nothing in the group returns an error
	return all
}

func (d *Delivery) warn(ctx context.Context, what string, err error) {
	if ctx.Err() == nil {
		d.log.Warn(what, "error", err)
	}
}

func sleep(ctx context.Context, pause time.Duration) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
