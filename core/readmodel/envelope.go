// Package readmodel holds the documents that control-plane-api projects to etcd for the controllers and the event
// streams, their envelope and their keys. Nothing in them is secret, and no lab topology is in them.
package readmodel

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Kind is a kind of aggregate that is projected.
type Kind string

// The kinds.
const (
	KindWorker     Kind = "workers"
	KindInstance   Kind = "instances"
	KindDefinition Kind = "definitions"
	KindTemplate   Kind = "templates"
	KindFleet      Kind = "fleets"
	KindLabRecord  Kind = "lab-records"
	KindSettings   Kind = "settings"
)

// Root is the prefix of every state key. Only control-plane-api writes below it.
const Root = "/lcm/"

// LeaderRoot is the prefix of the election keys, which lie outside Root: each service writes its own.
const LeaderRoot = "/lcm-leader/"

// Prefix is the prefix of the keys of a kind.
func Prefix(kind Kind) string { return Root + string(kind) + "/" }

// Key is the key of one aggregate.
func Key(kind Kind, id string) string { return Prefix(kind) + id }

// ParseKey reads a state key.
func ParseKey(key string) (kind Kind, id string, ok bool) {
	rest, ok := strings.CutPrefix(key, Root)
	if !ok {
		return "", "", false
	}
	first, id, ok := strings.Cut(rest, "/")
	if !ok || id == "" || strings.Contains(id, "/") {
		return "", "", false
	}
	return Kind(first), id, true
}

// Envelope is the value of a state key: one document's read model with the last changes that led to it.
type Envelope struct {
	// Epoch is the id of the store's data; another epoch counts as older.
	Epoch string `json:"epoch"`
	// Version rises with every change, Generation only with changes that a reconciler must act on.
	Version    int64           `json:"version"`
	Generation int64           `json:"generation"`
	Model      json.RawMessage `json:"model"`
	Changes    []Change        `json:"changes,omitempty"`
}

// Change tells one version's change, oldest first in an envelope. A watcher takes those above the version it saw last.
type Change struct {
	Version int64     `json:"version"`
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Reason  string    `json:"reason,omitempty"`
	Events  []Event   `json:"events,omitempty"`
}

// Event is a domain event's name and data, without secrets.
type Event struct {
	Type string          `json:"type"`
	Data json.RawMessage `json:"data"`
}

// State is an envelope for those who act on what is, and not on how it came: it has no changes.
type State[M any] struct {
	Epoch      string `json:"epoch"`
	Version    int64  `json:"version"`
	Generation int64  `json:"generation"`
	Model      M      `json:"model"`
}

// DecodeState reads a state key's value but for its changes, which are the larger part of it.
func DecodeState[M any](value []byte) (State[M], error) {
	var read State[*M]
	if err := json.Unmarshal(value, &read); err != nil {
		return State[M]{}, fmt.Errorf("envelope: %w", err)
	}
	if read.Model == nil {
		return State[M]{}, errNoModel
	}
	return State[M]{Epoch: read.Epoch, Version: read.Version, Generation: read.Generation, Model: *read.Model}, nil
}

var errNoModel = errors.New("envelope: there is no model in it")

// Decode reads a state key's value.
func Decode[M any](value []byte) (Envelope, M, error) {
	var envelope Envelope
	var model M
	if err := json.Unmarshal(value, &envelope); err != nil {
		return envelope, model, fmt.Errorf("envelope: %w", err)
	}
	if err := json.Unmarshal(envelope.Model, &model); err != nil {
		return envelope, model, fmt.Errorf("model: %w", err)
	}
	return envelope, model, nil
}
