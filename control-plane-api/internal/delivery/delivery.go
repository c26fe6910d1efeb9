package delivery

import (
	"context"
	"log/slog"
	"sync"
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

	*Stats
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
	d := &Delivery{config: config, engine: engine, queue: queue, log: log, pace: &pace{}, state: StateStandby, Stats: config.Stats}
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
	d.Introduce(ctx)
	d.setState(StateRunning)
	wait := d.config.Delay
	for ctx.Err() == nil {
		pause := idle
		switch out := d.Round(ctx); {
		case out.Gone:
			d.StopForGood(ctx)
			return
		case out.Later:
			d.setState(StateRetry)
			pause = max(wait, out.After)
			wait = min(2*wait, longestDelay)
		case out.Worked:
			pause, wait = 0, d.config.Delay
			d.setState(StateRunning)
		default:
			wait = d.config.Delay
			d.setState(StateRunning)
		}
		sleep(ctx, pause)
	}
}

// StopForGood keeps that the sink wants no more events, also when this process is about to end. Another URL is another sink.
func (d *Delivery) StopForGood(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepTimeout)
	defer cancel()
	if err := d.rememberGone(ctx); err != nil {
		d.log.Warn("not kept that the sink has gone", "error", err)
	}
	d.setState(StateGone)
	d.log.Warn("the sink wants no more events (410); delivery stops until another one is configured")
}

// Introduce asks the sink how fast it wants events, and keeps to what it says.
func (d *Delivery) Introduce(ctx context.Context) {
	if d.config.Withheld == "" {
		d.pace.set(d.config.handshake(ctx))
	}
}

// Outcome sums up what came of some deliveries.
type Outcome struct {
	// Gone: the sink wants no more events. Later: it takes none now; After is how long it wants to be left alone. Worked:
	// something left the queue.
	Gone, Later, Worked bool
	After               time.Duration
}

func (o *Outcome) add(other Outcome) {
	o.Gone = o.Gone || other.Gone
	o.Later = o.Later || other.Later
	o.Worked = o.Worked || other.Worked
	o.After = max(o.After, other.After)
}

// Round sends what waits now, once, several aggregates side by side. Run does so again and again; who has many sinks calls
// Round for each when its time has come.
func (d *Delivery) Round(ctx context.Context) Outcome {
	var all Outcome
	gone, err := d.hasGone(ctx)
	if err == nil && gone {
		return Outcome{Gone: true}
	}
	var names []string
	if err == nil {
		names, err = d.queue.Waiting(ctx, lookAhead)
	}
	if err != nil {
		d.warn(ctx, "journal not read", err)
		return Outcome{Later: true}
	}
	var mu sync.Mutex
	var group errgroup.Group
	group.SetLimit(aggregatesAtOnce)
	for _, name := range names {
		mu.Lock()
		stop := all.Gone || all.Later
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
