package readmodel

import (
	"slices"
	"time"
)

// Condition tells why something waits or failed, in words that the user sees.
type Condition struct {
	// Type is what the condition is about, such as "LDS", "Placed", "Licensed", "Lab".
	Type string `json:"type"`
	// Status is "True", "False" or "Unknown".
	Status string `json:"status" enum:"True,False,Unknown"`
	// Reason is a stable snake_case word, Message a sentence.
	Reason  string    `json:"reason"`
	Message string    `json:"message"`
	Since   time.Time `json:"since"`
	// Attempts counts tries of the failing step, NextTry is when it is tried again.
	Attempts int        `json:"attempts,omitempty"`
	NextTry  *time.Time `json:"next_try,omitempty"`
	// Position is the place in the queue that the condition tells of, from 1; ETA is when it is expected to become true.
	Position int        `json:"position,omitempty"`
	ETA      *time.Time `json:"eta,omitempty"`
}

// The condition statuses.
const (
	ConditionTrue    = "True"
	ConditionFalse   = "False"
	ConditionUnknown = "Unknown"
)

// FindCondition looks a condition up by type.
func FindCondition(all []Condition, kind string) (Condition, bool) {
	i := slices.IndexFunc(all, func(c Condition) bool { return c.Type == kind })
	if i < 0 {
		return Condition{}, false
	}
	return all[i], true
}

// FinalizerKind names what LCM made outside.
type FinalizerKind string

// The kinds of finalizers: the first three are an instance's, the last two a worker's.
const (
	FinalizerLab     FinalizerKind = "lab"
	FinalizerLDS     FinalizerKind = "lds"
	FinalizerGrading FinalizerKind = "grading"
	FinalizerLicense FinalizerKind = "license"
	FinalizerEC2     FinalizerKind = "ec2"
)

// Finalizer lists one thing that LCM made or may have made outside: added with the intent, removed when seen gone.
type Finalizer struct {
	Kind     FinalizerKind `json:"kind"`
	WorkerID string        `json:"worker_id,omitempty"`
	// Ref is the outside system's id, empty until it is known.
	Ref     string    `json:"ref,omitempty"`
	Attempt int       `json:"attempt"`
	Since   time.Time `json:"since"`
}

// FindFinalizer looks a finalizer up by kind and attempt.
func FindFinalizer(all []Finalizer, kind FinalizerKind, attempt int) (Finalizer, bool) {
	i := slices.IndexFunc(all, func(f Finalizer) bool { return f.Kind == kind && f.Attempt == attempt })
	if i < 0 {
		return Finalizer{}, false
	}
	return all[i], true
}

// StepStatus tells how a step of a reconciler went.
type StepStatus string

// The statuses of a step.
const (
	StepDone    StepStatus = "done"
	StepSkipped StepStatus = "skipped"
	StepFailed  StepStatus = "failed"
)

// Step is the recorded result of one step on an instance, per attempt.
type Step struct {
	Name    string     `json:"name"`
	Attempt int        `json:"attempt"`
	Status  StepStatus `json:"status"`
	// Tries counts failures for good or not; Error is the last one's code and sentence.
	Tries int       `json:"tries,omitempty"`
	Error string    `json:"error,omitempty"`
	At    time.Time `json:"at"`
	// Result holds what the step found or made, such as the ref of an evidence package. Never a secret.
	Result map[string]string `json:"result,omitempty"`
}

// FindStep looks a step up by name and attempt.
func FindStep(all []Step, name string, attempt int) (Step, bool) {
	i := slices.IndexFunc(all, func(s Step) bool { return s.Name == name && s.Attempt == attempt })
	if i < 0 {
		return Step{}, false
	}
	return all[i], true
}
