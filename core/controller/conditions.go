package controller

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

// ConditionReconciled tells on an aggregate that its reconciler keeps failing: the last error, how often, and the next try.
const ConditionReconciled = "Reconciled"

const (
	// toldFrom is from which failure in a row on the aggregate shows it. The first is tried again within a second, and most
	// are over then: telling each would fill the aggregate's history.
	toldFrom = 2
	// tellTimeout bounds one report.
	tellTimeout = 10 * time.Second
)

// Reporter shows on aggregates how their reconciles fail. So people see it where they look, and the next leader goes on
// counting. Give Outcome and Failures to the queue's options. A report that fails is not repeated: the next outcome is.
type Reporter struct {
	set   func(ctx context.Context, req api.SetConditions) (api.Ack, error)
	known func(id string) []readmodel.Condition
	log   *slog.Logger

	// wake has room for one: there is something to tell.
	wake chan struct{}

	mu sync.Mutex
	// pending holds the last outcome of each key that is still to be told; it is bounded by the keys.
	pending map[string]reconcile.Outcome[string]
	// telling is the key whose outcome is on its way.
	telling string
}

// Reports adds a reporter that works while this replica leads. set is the API's command for the kind of aggregate, known
// gives the conditions that the cache shows. Call it before Queued, so that it outlives the queue.
func Reports(
	r *Runtime, name string, set func(context.Context, api.SetConditions) (api.Ack, error), known func(id string) []readmodel.Condition,
) *Reporter {
	p := &Reporter{
		set: set, known: known, log: r.Log, wake: make(chan struct{}, 1), pending: map[string]reconcile.Outcome[string]{},
	}
	r.Leading(name+"-conditions", p.run)
	return p
}

// Outcome takes what became of a run. It does not block.
func (p *Reporter) Outcome(o reconcile.Outcome[string]) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if o.Err == nil && !o.Result.Skipped {
		delete(p.pending, o.Key)
	}
	if !p.worthTelling(o) {
		return
	}
	p.pending[o.Key] = o
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// worthTelling picks what the aggregate does not show yet. The lock is held.
func (p *Reporter) worthTelling(o reconcile.Outcome[string]) bool {
	switch {
	case o.Err == nil:
		return !o.Result.Skipped && (p.telling == o.Key || p.Failures(o.Key) > 0)
	case failure.Is(o.Err, failure.StaleTerm), errors.Is(o.Err, context.Canceled):
		return false
	default:
		return o.Attempts >= toldFrom || reconcile.IsTerminal(o.Err)
	}
}

// Failures is how often in a row the reconcile of an aggregate had failed when that was told last.
func (p *Reporter) Failures(id string) int {
	c, ok := readmodel.FindCondition(p.known(id), ConditionReconciled)
	if !ok || c.Status == readmodel.ConditionTrue {
		return 0
	}
	return max(c.Attempts, 1)
}

func (p *Reporter) run(ctx context.Context) error {
	defer p.forget()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-p.wake:
		}
		for ctx.Err() == nil {
			o, ok := p.next()
			if !ok {
				break
			}
			p.tell(ctx, o)
			p.told()
		}
	}
}

func (p *Reporter) next() (reconcile.Outcome[string], bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for key, o := range p.pending {
		delete(p.pending, key)
		p.telling = key
		return o, true
	}
	return reconcile.Outcome[string]{}, false
}

func (p *Reporter) told() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.telling = ""
}

func (p *Reporter) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.pending)
}

func (p *Reporter) tell(ctx context.Context, o reconcile.Outcome[string]) {
	now := conditionOf(o)
	if have, ok := readmodel.FindCondition(p.known(o.Key), ConditionReconciled); ok && have.Status == now.Status && have.Reason == now.Reason &&
		have.Attempts == now.Attempts {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, tellTimeout)
	defer cancel()
	_, err := p.set(ctx, api.SetConditions{ID: o.Key, Body: api.SetConditionsBody{Conditions: []readmodel.Condition{now}}})
	// One that is gone, or that takes no more conditions, needs none.
	if err != nil && !failure.Is(err, failure.NotFound) && !failure.Is(err, failure.Conflict) {
		p.log.WarnContext(ctx, "a failure could not be told", "key", o.Key, "error", err)
	}
}

func conditionOf(o reconcile.Outcome[string]) readmodel.Condition {
	if o.Err == nil {
		return readmodel.Condition{Type: ConditionReconciled, Status: readmodel.ConditionTrue, Reason: "reconciled", Message: "The last try went well."}
	}
	c := readmodel.Condition{
		Type: ConditionReconciled, Status: readmodel.ConditionFalse, Reason: failure.CodeOf(o.Err), Message: reconcile.Sentence(o.Err), Attempts: o.Attempts,
	}
	if !o.Next.IsZero() {
		next := o.Next.UTC().Truncate(time.Millisecond)
		c.NextTry = &next
	}
	return c
}
