package instance

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

// cleanupAgain is when to look again at what cannot be removed now, while something more important goes on.
const cleanupAgain = 30 * time.Second

// cleaned is what came of cleaning up.
type cleaned struct {
	// alone tells that nothing else is to be done on the instance, so that a failure may slow it down.
	alone bool
	after time.Duration
	err   error
}

// cleanUp removes what attempts that are over have left outside, and drops each finalizer when its thing is seen gone.
func (w *work) cleanUp(ctx context.Context) cleaned {
	c := cleaned{alone: w.ended()}
	for _, f := range w.instance.Finalizers {
		if f.Attempt == w.instance.Attempt && (!w.ended() || w.resumable()) {
			continue
		}
		gone, after, err := w.remove(ctx, f)
		if err == nil && gone {
			_, err = w.API.DropInstanceFinalizer(ctx, api.DropFinalizer{ID: w.instance.ID, Kind: string(f.Kind), Attempt: f.Attempt})
		}
		if err != nil {
			_, err = w.failed(ctx, conditionCleanup, err)
			c.err = errors.Join(c.err, err)
		}
		if err != nil || !gone {
			w.left++
			c.after = sooner(reconcile.Result{After: c.after}, reconcile.Result{After: after}).After
		}
		if stopsEverything(c.err) {
			return c
		}
	}
	if w.left == 0 {
		c.err = errors.Join(c.err, w.well(ctx, conditionCleanup, "clean", "Nothing is left outside."))
	}
	return c
}

// ended reports whether the present attempt needs nothing outside any more.
func (w *work) ended() bool {
	switch w.instance.Status {
	case lifecycle.InstancePending, lifecycle.InstanceStopped, lifecycle.InstanceArchived, lifecycle.InstanceTerminated:
		return true
	default:
		return false
	}
}

// join adds what the status called for. An attempt that goes on is not slowed down by the remains of one before it.
func (c cleaned) join(result reconcile.Result, err error) (reconcile.Result, error) {
	switch {
	case c.alone || stopsEverything(c.err):
		return sooner(result, reconcile.Result{After: c.after}), errors.Join(c.err, err)
	case c.err != nil:
		return sooner(result, reconcile.Result{After: cleanupAgain}), err
	default:
		return sooner(result, reconcile.Result{After: c.after}), err
	}
}

// remove takes one thing a step on its way out. gone is true once it was seen gone; else after says when to look again.
func (w *work) remove(ctx context.Context, f readmodel.Finalizer) (gone bool, after time.Duration, err error) {
	switch f.Kind {
	case readmodel.FinalizerLab:
		return w.removeLabOf(ctx, f)
	case readmodel.FinalizerLDS:
		return w.releaseSession(ctx, f)
	case readmodel.FinalizerGrading:
		return w.endGrading(ctx, f)
	default:
		return false, 0, reconcile.Terminal(fmt.Errorf("instance %s has a finalizer %q that is not an instance's", w.instance.ID, f.Kind))
	}
}

// settling is how long to wait until an intent without a result may count as one that nothing came of; 0 when it may.
func (w *work) settling(f readmodel.Finalizer) time.Duration {
	if f.Ref != "" {
		return 0
	}
	return max(0, f.Since.Add(w.Timing.IntentSettle).Sub(w.now))
}
