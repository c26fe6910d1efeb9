package worker

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

// The conditions that this reconciler sets. ConditionLicensed is the API's, by the outcome of a licence operation.
const (
	// ConditionEC2 tells whether EC2 can be asked about the machine.
	ConditionEC2 = "EC2"
	// ConditionProvisioned tells how the launch of the machine goes.
	ConditionProvisioned = "Provisioned"
	// ConditionPower tells how starting or stopping the machine goes.
	ConditionPower = "Power"
	// ConditionCMLReady tells whether CML on the machine can start nodes.
	ConditionCMLReady = "CMLReady"
	// ConditionCMLAccess tells whether CML lets LCM in.
	ConditionCMLAccess = "CMLAccess"
	// ConditionLicenseReturned tells how giving back the licence goes before the machine ends.
	ConditionLicenseReturned = "LicenseReturned"
	// ConditionTerminated tells how ending the machine goes.
	ConditionTerminated = "Terminated"
)

const maxMessage = 900

// tell sets a condition where it differs from what the worker shows.
func (r *Reconciler) tell(ctx context.Context, w readmodel.Worker, c readmodel.Condition) (told bool, err error) {
	c.Message = clip(c.Message)
	if have, ok := readmodel.FindCondition(w.Conditions, c.Type); ok && sameCondition(have, c) {
		return false, nil
	}
	return true, r.set(ctx, w, c)
}

// told sets a condition and asks for another run after a time; at once when the time is 0.
func (r *Reconciler) told(ctx context.Context, w readmodel.Worker, c readmodel.Condition, wait time.Duration) (reconcile.Result, error) {
	if _, err := r.tell(ctx, w, c); err != nil {
		return commanded(err)
	}
	return after(wait), nil
}

// set sets conditions without comparing.
func (r *Reconciler) set(ctx context.Context, w readmodel.Worker, conditions ...readmodel.Condition) error {
	_, err := r.api.WorkerConditions(ctx, api.SetConditions{ID: w.ID, Body: api.SetConditionsBody{Conditions: conditions}})
	return err
}

func sameCondition(a, b readmodel.Condition) bool {
	sameTry := a.NextTry == b.NextTry || (a.NextTry != nil && b.NextTry != nil && a.NextTry.Equal(*b.NextTry))
	return a.Status == b.Status && a.Reason == b.Reason && a.Message == b.Message && a.Attempts == b.Attempts && sameTry
}

func isNot(kind, reason, message string) readmodel.Condition {
	return readmodel.Condition{Type: kind, Status: readmodel.ConditionFalse, Reason: reason, Message: clip(message)}
}

func is(kind, reason, message string) readmodel.Condition {
	return readmodel.Condition{Type: kind, Status: readmodel.ConditionTrue, Reason: reason, Message: clip(message)}
}

func clip(text string) string {
	if len(text) <= maxMessage {
		return text
	}
	return strings.ToValidUTF8(text[:maxMessage], "")
}

// reasonOf is the reason of a condition that is not true, empty otherwise.
func reasonOf(w readmodel.Worker, kind string) string {
	c, ok := readmodel.FindCondition(w.Conditions, kind)
	if !ok || c.Status == readmodel.ConditionTrue {
		return ""
	}
	return c.Reason
}

// finalizersOf lists the finalizers of a kind.
func finalizersOf(w readmodel.Worker, kind readmodel.FinalizerKind) []readmodel.Finalizer {
	return slices.DeleteFunc(slices.Clone(w.Finalizers), func(f readmodel.Finalizer) bool { return f.Kind != kind })
}
