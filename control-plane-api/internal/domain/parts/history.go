package parts

import "time"

// maxHistory bounds the history that an aggregate carries; the audit journal keeps all of it.
const maxHistory = 200

// Transition is one line of an aggregate's history. From is empty for the creation.
type Transition struct {
	From   string    `json:"from_state,omitempty"`
	To     string    `json:"to_state"`
	At     time.Time `json:"transitioned_at"`
	By     string    `json:"triggered_by"`
	Reason string    `json:"reason,omitempty"`
	// Unexpected marks a move that the table does not have: what was observed outside wins.
	Unexpected bool `json:"unexpected,omitempty"`
}

// Append adds a line; the oldest one after the creation falls when there are too many.
func Append(history []Transition, line Transition) []Transition {
	if len(history) >= maxHistory {
		history = append(history[:1], history[2:]...)
	}
	return append(history, line)
}

// FinalizerChanged is the data of the events that tell of a finalizer put or dropped.
type FinalizerChanged struct {
	AggregateID string    `json:"aggregate_id"`
	Kind        string    `json:"kind"`
	WorkerID    string    `json:"worker_id,omitempty"`
	Ref         string    `json:"ref,omitempty"`
	Attempt     int       `json:"attempt"`
	Forced      bool      `json:"forced,omitempty"`
	At          time.Time `json:"at"`
}

// ConditionsChanged is the data of the events that tell of conditions.
type ConditionsChanged struct {
	AggregateID string    `json:"aggregate_id"`
	Types       []string  `json:"types"`
	At          time.Time `json:"at"`
}
