package worker

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

// pace is how long to wait after a failure: first, doubling up to most.
type pace struct{ first, most time.Duration }

// paceOf gives each sort of failure its own: what only a person can change is not asked for again and again.
func (r *Reconciler) paceOf(err error) pace {
	switch {
	case failure.Is(err, failure.Quota):
		return pace{60 * r.config.EC2Poll, 15 * time.Minute}
	case failure.Is(err, failure.Unauthenticated), failure.Is(err, failure.Forbidden):
		return pace{12 * r.config.EC2Poll, 5 * time.Minute}
	case failure.CodeOf(err) == CodeEC2Capacity, failure.Is(err, failure.NotFound), failure.Is(err, failure.Invalid):
		return pace{3 * r.config.EC2Poll, 5 * time.Minute}
	default:
		return pace{r.config.EC2Poll, time.Minute}
	}
}

// wait is the pause after so many failures, shortened at random so that what failed together does not return together.
func (p pace) wait(failures int) time.Duration {
	wait := p.first
	for i := 1; i < failures && wait < p.most; i++ {
		wait *= 2
	}
	wait = max(min(wait, p.most), time.Millisecond)
	return wait - rand.N(wait/5+1)
}

// blocked tells why a step failed and when it is tried again. The count of attempts is the condition's own, so that it
// outlives this process. It is no error of the reconciler: the worker itself shows it.
func (r *Reconciler) blocked(ctx context.Context, w readmodel.Worker, kind string, err error) (reconcile.Result, error) {
	if ctx.Err() != nil || failure.Is(err, failure.StaleTerm) {
		return reconcile.Result{}, err
	}
	attempts := attemptsOf(w, kind) + 1
	wait := r.paceOf(err).wait(attempts)
	next := r.now().Add(wait).UTC().Truncate(time.Millisecond)
	c := isNot(kind, failure.CodeOf(err), sentence(err))
	c.Attempts, c.NextTry = attempts, &next
	r.log.WarnContext(ctx, "step failed", "worker", w.ID, "condition", kind, "error", err, "attempts", attempts, "next", next)
	return r.told(ctx, w, c, wait)
}

// attemptsOf is how often a step has failed so far.
func attemptsOf(w readmodel.Worker, kind string) int {
	c, ok := readmodel.FindCondition(w.Conditions, kind)
	if !ok || c.Status == readmodel.ConditionTrue {
		return 0
	}
	return c.Attempts
}

// heldBack is how long a step that failed has still to wait, 0 when it may be tried.
func (r *Reconciler) heldBack(w readmodel.Worker, kind string) time.Duration {
	c, ok := readmodel.FindCondition(w.Conditions, kind)
	if !ok || c.Status == readmodel.ConditionTrue || c.NextTry == nil {
		return 0
	}
	return max(0, c.NextTry.Sub(r.now()))
}

// sentence is what a person is told of an error: the message of a failure, which holds no inner text.
func sentence(err error) string {
	if f, ok := errors.AsType[*failure.Error](err); ok {
		return f.Message
	}
	return "Something inside LCM failed; its log tells more."
}
