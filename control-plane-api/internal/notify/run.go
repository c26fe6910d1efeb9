package notify

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/delivery"
)

// Run sends what waits until ctx ends. Only the leading replica runs it; two at once send twice, under the same ids, and are
// no other harm.
func (n *Notify) Run(ctx context.Context) {
	var calls sync.WaitGroup
	defer calls.Wait()
	slots := make(chan struct{}, atOnce)
	for ctx.Err() == nil {
		names, err := n.queue.waiting(ctx)
		if err != nil && ctx.Err() == nil {
			n.config.Log.Warn("notifications not read", "error", err)
		}
		for _, name := range names {
			t := n.begin(name)
			if t == nil {
				continue
			}
			select {
			case slots <- struct{}{}:
			case <-ctx.Done():
				return
			}
			calls.Go(func() {
				defer func() { <-slots }()
				n.end(t, n.serve(ctx, name, t))
			})
		}
		if n.queue.last == "" {
			n.rest(ctx)
		}
	}
}

// begin takes a target for one run, unless it is taken or wants to be left alone.
func (n *Notify) begin(name string) *target {
	n.mu.Lock()
	defer n.mu.Unlock()
	t := n.targets[name]
	if t == nil {
		if len(n.targets) >= targetsKept {
			n.forget()
		}
		t = &target{wait: n.config.Delay}
		n.targets[name] = t
	}
	if t.busy || n.config.Now().Before(t.next) {
		return nil
	}
	t.busy = true
	return t
}

// forget drops what is remembered of targets that nothing is known against.
func (n *Notify) forget() {
	maps.DeleteFunc(n.targets, func(_ string, t *target) bool { return !t.busy && t.next.IsZero() })
}

// end gives a target back. pause says how long it is left alone.
func (n *Notify) end(t *target, pause time.Duration) {
	n.mu.Lock()
	t.busy, t.next = false, time.Time{}
	if pause > 0 {
		t.next = n.config.Now().Add(pause)
	}
	n.mu.Unlock()
	n.stir()
}

// rest waits until something is queued here, a target's pause is over, or it is time to look for what others queued.
func (n *Notify) rest(ctx context.Context) {
	n.mu.Lock()
	pause := poll
	now := n.config.Now()
	for _, t := range n.targets {
		if !t.busy && !t.next.IsZero() {
			pause = min(pause, max(t.next.Sub(now), time.Millisecond))
		}
	}
	n.mu.Unlock()
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-n.wake:
	case <-timer.C:
	}
}

// serve sends what waits for one target, as far as its webhook takes it, and says how long to leave it alone.
func (n *Notify) serve(ctx context.Context, name string, t *target) (pause time.Duration) {
	w, err := n.webhookOf(ctx, name)
	if err == nil && (t.delivery == nil || t.webhook != w) {
		if t.delivery, err = n.deliveryTo(name, w); err == nil {
			t.webhook, t.wait = w, n.config.Delay
			t.delivery.Introduce(ctx)
		}
	}
	if errors.Is(err, errNoWebhook) {
		return n.dismiss(ctx, name)
	}
	if err != nil {
		if ctx.Err() == nil {
			n.config.Log.Warn("owner not told yet", "definition", name, "error", err)
		}
		return t.backOff(0)
	}
	switch out := t.delivery.Round(ctx); {
	case out.Gone:
		if t.delivery.State() != delivery.StateGone {
			t.delivery.StopForGood(ctx)
		}
		return n.dismiss(ctx, name)
	case out.Later:
		if out.Worked {
			t.wait = n.config.Delay
		}
		return t.backOff(out.After)
	default:
		t.wait = n.config.Delay
		return 0
	}
}

// backOff is the pause after a failure; the next one is longer.
func (t *target) backOff(asked time.Duration) time.Duration {
	pause := max(t.wait, asked)
	t.wait = min(2*t.wait, longestDelay)
	return pause
}

// dismiss drops what waits for an owner who is not told any more.
func (n *Notify) dismiss(ctx context.Context, name string) time.Duration {
	dropped, err := n.queue.drop(ctx, name)
	n.Dropped.Add(int64(dropped))
	if err != nil && ctx.Err() == nil {
		n.config.Log.Warn("notifications not dropped", "definition", name, "error", err)
		return n.config.Delay
	}
	return 0
}
