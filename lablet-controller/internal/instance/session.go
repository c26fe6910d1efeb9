package instance

import (
	"context"
	"strconv"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/lds"
)

// entrance is a candidate's session that is ready to be entered. An empty id means that there is none yet.
type entrance struct {
	id  string
	url secret.String
}

// openSession brings the candidate's session into being: made once, with the lab's devices and a launch URL.
func (w *work) openSession(ctx context.Context) (entrance, reconcile.Result, error) {
	deployment, err := w.deployment()
	if err != nil {
		result, err := w.failed(ctx, conditionLDS, err)
		return entrance{}, result, err
	}
	id, result, err := w.theSession(ctx, deployment)
	if err != nil || id == "" {
		return entrance{}, result, err
	}
	devices := w.devices()
	if len(devices) > 0 {
		if err := w.LDS.SetDevices(ctx, deployment, id, devices); err != nil {
			result, err := w.failed(ctx, conditionLDS, err)
			return entrance{}, result, err
		}
	}
	url, err := w.LDS.LaunchURL(ctx, deployment, id)
	if err != nil {
		result, err := w.failed(ctx, conditionLDS, err)
		return entrance{}, result, err
	}
	return entrance{id: id, url: url}, reconcile.Result{}, w.record(ctx, api.RecordStepBody{
		Step: stepSession, Status: string(readmodel.StepDone), LDSSessionID: id,
		Result:    map[string]string{resultDevices: strconv.Itoa(len(devices))},
		Condition: condition(conditionLDS, readmodel.ConditionTrue, "session_open", sessionMessage(len(devices))),
	})
}

func sessionMessage(devices int) string {
	if devices == 0 {
		return "The session is open. The lab shows the candidate no devices."
	}
	return "The session is open."
}

// deployment names the LDS that serves the worker's region.
func (w *work) deployment() (string, error) {
	deployment, ok := w.LDS.For(w.worker.AWSRegion)
	if !ok {
		return "", failure.New(failure.Unavailable, "not_configured", "No Lab Delivery System is configured for the region %s.", w.worker.AWSRegion)
	}
	return deployment, nil
}

// theSession gives the attempt's session, and makes one where there is none. Without an id, the result or the error says
// how to go on.
func (w *work) theSession(ctx context.Context, deployment string) (id string, result reconcile.Result, err error) {
	f, intended := w.finalizer(readmodel.FinalizerLDS)
	if intended {
		if id, err = w.findSession(ctx, deployment, f); err != nil {
			result, err = w.failed(ctx, conditionLDS, err)
			return "", result, err
		}
	}
	if id == "" {
		if id, result, err = w.makeSession(ctx, deployment, intended); err != nil || id == "" {
			return "", result, err
		}
	}
	if f.Ref == id {
		return id, reconcile.Result{}, nil
	}
	return id, reconcile.Result{}, w.made(ctx, readmodel.FinalizerLDS, id)
}

func (w *work) makeSession(ctx context.Context, deployment string, intended bool) (id string, result reconcile.Result, err error) {
	fresh, err := w.intend(ctx, readmodel.FinalizerLDS)
	if err != nil {
		result, err = settled(err)
		return "", result, err
	}
	if !intended && !fresh {
		return "", reconcile.Result{After: lookAgain, Skipped: true}, nil
	}
	booking := lds.Booking{
		AuthID: name(w.instance.ID, w.instance.Attempt), FormQualifiedName: w.definition.FormQualifiedName, Scheduled: w.now,
	}
	if id, err = w.LDS.Create(ctx, deployment, booking); err != nil {
		result, err = w.failed(ctx, conditionLDS, err)
		return "", result, err
	}
	return id, reconcile.Result{}, nil
}

// findSession looks for the session of an attempt: by its ref, else among those that LDS tells of. Of several the oldest
// is kept and the rest released. An empty id means that a new one has to be made.
func (w *work) findSession(ctx context.Context, deployment string, f readmodel.Finalizer) (string, error) {
	if f.Ref != "" {
		session, err := w.LDS.Get(ctx, deployment, f.Ref)
		if err == nil && !session.Finalized {
			return f.Ref, nil
		}
		if err != nil && !failure.Is(err, failure.NotFound) {
			return "", err
		}
	}
	found, sure, err := w.LDS.Find(ctx, deployment, name(w.instance.ID, f.Attempt))
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		for _, twin := range found[1:] {
			if err := w.LDS.Release(ctx, deployment, twin.ID); err != nil && !failure.Is(err, failure.NotFound) {
				return "", err
			}
		}
		return found[0].ID, nil
	}
	if sure {
		return "", nil
	}
	return "", w.tell(ctx, condition(conditionLDS, readmodel.ConditionUnknown, "unclear",
		"LDS did not say whether it made a session. Another one is made; a second one is released when it is seen."))
}

// look reads the attempt's session while the candidate may be in it. known is false when there is none to ask about.
func (w *work) look(ctx context.Context) (session lds.Session, deployment string, known bool, err error) {
	if w.instance.LDSSessionID == "" {
		return session, "", false, nil
	}
	if deployment, err = w.deployment(); err != nil {
		return session, "", true, err
	}
	session, err = w.LDS.Get(ctx, deployment, w.instance.LDSSessionID)
	if failure.Is(err, failure.NotFound) {
		err = failure.New(failure.NotFound, "session_gone", "LDS does not know the candidate's session any more.")
	}
	return session, deployment, true, err
}

// lookFailed tells why the session could not be read. What is gone stays gone, so it is looked at as often as before.
func (w *work) lookFailed(ctx context.Context, err error) (reconcile.Result, error) {
	result, err := w.failed(ctx, conditionLDS, err)
	if failure.Is(err, failure.NotFound) && !stopsEverything(err) {
		return w.again(w.Timing.SessionPoll), nil
	}
	return result, err
}
