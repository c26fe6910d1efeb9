package instance

import (
	"context"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/grading"
)

// releaseSession releases the sessions of an attempt, all that bear its name. They are gone when LDS has finalized or
// forgotten them.
func (w *work) releaseSession(ctx context.Context, f readmodel.Finalizer) (gone bool, after time.Duration, err error) {
	deployments, err := w.deploymentsOf(ctx, f)
	if err != nil {
		return false, 0, err
	}
	for _, deployment := range deployments {
		if gone, err := w.releaseIn(ctx, deployment, f); err != nil || !gone {
			return false, w.Timing.LabPoll, err
		}
	}
	if wait := w.settling(f); wait > 0 {
		return false, wait, nil
	}
	return true, 0, nil
}

func (w *work) releaseIn(ctx context.Context, deployment string, f readmodel.Finalizer) (gone bool, err error) {
	if f.Ref != "" {
		if gone, err := w.release(ctx, deployment, f.Ref); err != nil || !gone {
			return false, err
		}
	}
	all, _, err := w.LDS.Find(ctx, deployment, name(w.instance.ID, f.Attempt))
	if err != nil {
		return false, err
	}
	for _, session := range all {
		if gone, err := w.release(ctx, deployment, session.ID); err != nil || !gone {
			return false, err
		}
	}
	return true, nil
}

// release ends one session and looks whether it has ended.
func (w *work) release(ctx context.Context, deployment, id string) (gone bool, err error) {
	if gone, err := w.finalized(ctx, deployment, id); err != nil || gone {
		return gone, err
	}
	if err := w.LDS.Release(ctx, deployment, id); err != nil && !failure.Is(err, failure.NotFound) {
		return false, err
	}
	return w.finalized(ctx, deployment, id)
}

func (w *work) finalized(ctx context.Context, deployment, id string) (bool, error) {
	session, err := w.LDS.Get(ctx, deployment, id)
	if failure.Is(err, failure.NotFound) {
		return true, nil
	}
	return session.Finalized, err
}

// deploymentsOf are where the session of a finalizer may be: that of its worker's region, or, when the worker is gone, all.
func (w *work) deploymentsOf(ctx context.Context, f readmodel.Finalizer) ([]string, error) {
	worker, found, after, err := w.workerOf(ctx, f)
	if err != nil {
		return nil, err
	}
	if found && after == 0 {
		if deployment, ok := w.LDS.For(worker.AWSRegion); ok {
			return []string{deployment}, nil
		}
	}
	if all := w.LDS.Names(); len(all) > 0 {
		return all, nil
	}
	return nil, failure.New(failure.Unavailable, "lds_not_configured", "A session may be left in an LDS that is not configured any more.")
}

// endGrading sees to it that the engine works no more on an instance that is over. The engine keeps its sessions: one
// whose part is settled or removed counts as gone.
func (w *work) endGrading(ctx context.Context, f readmodel.Finalizer) (gone bool, after time.Duration, err error) {
	if w.Grader == nil {
		return true, 0, nil // nobody is left to ask, and nothing runs there for ever
	}
	session, err := w.Grader.Get(ctx, w.instance.ID)
	if failure.Is(err, failure.NotFound) {
		wait := w.settling(f)
		return wait == 0, wait, nil
	}
	if err != nil {
		return false, 0, err
	}
	for _, part := range session.Parts {
		if phase := part.Phase(); phase == grading.Graded || phase == grading.Faulted {
			continue
		}
		if err := w.Grader.RemovePart(ctx, w.instance.ID, part.ID); err != nil {
			return false, 0, err
		}
	}
	return true, 0, nil
}
