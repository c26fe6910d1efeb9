package instance

import (
	"context"
	"errors"
	"strings"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

// The conditions that this reconciler sets. Graded is the API's too: recording a score sets it.
const (
	conditionLab        = "Lab"
	conditionLDS        = "LDS"
	conditionCollection = "Collection"
	conditionGraded     = "Graded"
	conditionCleanup    = "Cleanup"
)

// maxMessage bounds a condition's message, in bytes.
const maxMessage = 500

func condition(kind, status, reason, message string) *readmodel.Condition {
	return &readmodel.Condition{Type: kind, Status: status, Reason: reason, Message: clip(message, maxMessage)}
}

// clip shortens a text to so many bytes.
func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "")
}

// tell sets a condition where it says something new.
func (w *work) tell(ctx context.Context, c *readmodel.Condition) error {
	known, ok := readmodel.FindCondition(w.instance.Conditions, c.Type)
	if ok && known.Status == c.Status && known.Reason == c.Reason && known.Message == c.Message {
		return nil
	}
	_, err := w.API.InstanceConditions(ctx, api.SetConditions{
		ID: w.instance.ID, Body: api.SetConditionsBody{Conditions: []readmodel.Condition{*c}},
	})
	if failure.Is(err, failure.NotFound) || failure.Is(err, failure.Conflict) {
		return nil // the instance is gone or carries too many: what it waits for does not depend on it
	}
	return err
}

// well takes back what was told of a trouble that is over.
func (w *work) well(ctx context.Context, kind, reason, message string) error {
	known, ok := readmodel.FindCondition(w.instance.Conditions, kind)
	if !ok || known.Status == readmodel.ConditionTrue {
		return nil
	}
	return w.tell(ctx, condition(kind, readmodel.ConditionTrue, reason, message))
}

// failed tells the user why a step waits, and gives the error back so that it is tried again with back-off.
func (w *work) failed(ctx context.Context, kind string, err error) (reconcile.Result, error) {
	if stopsEverything(err) {
		return reconcile.Result{}, err
	}
	return reconcile.Result{}, errors.Join(err, w.tell(ctx, trouble(kind, err)))
}

// trouble is the condition that an error makes: its words where it is one of ours, nothing of its inside otherwise.
func trouble(kind string, err error) *readmodel.Condition {
	if f, ok := errors.AsType[*failure.Error](err); ok {
		return condition(kind, readmodel.ConditionFalse, f.Code, f.Message)
	}
	return condition(kind, readmodel.ConditionFalse, "internal", "Something went wrong inside LCM. It is tried again.")
}
