package booking

import (
	"fmt"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// Code says why the book refuses; it is stable, clients may switch on it.
type Code string

// The codes.
const (
	InsufficientCPU     Code = "insufficient_cpu"
	InsufficientMemory  Code = "insufficient_memory"
	InsufficientStorage Code = "insufficient_storage"
	InsufficientNodes   Code = "insufficient_nodes"
	InsufficientPorts   Code = "insufficient_ports"
	// BookFull means that the book has MaxEntries entries.
	BookFull Code = "book_full"
	// NotBooked means that the holder has no entry.
	NotBooked Code = "not_booked"
	// AlreadyHeld means that a lab exists for the entry: its window changes by Extend only.
	AlreadyHeld Code = "already_held"
	// InvalidWindow means that the window ends before it begins.
	InvalidWindow Code = "invalid_window"
)

// Refusal says why something does not fit. Nil means that it does.
type Refusal struct {
	Code Code
	// Message is a sentence for the user.
	Message string
	// FreeAt is the earliest beginning at which a window of the same length would fit, as the book stands; nil when
	// none is known. It is the beginning of the whole window: the lead is still to be added.
	FreeAt *time.Time
}

// Err gives the refusal as a failure of kind Conflict, or nil.
func (r *Refusal) Err() error {
	if r == nil {
		return nil
	}
	return failure.New(failure.Conflict, string(r.Code), "%s", r.Message)
}

func refuse(code Code, message string, args ...any) *Refusal {
	return &Refusal{Code: code, Message: fmt.Sprintf(message, args...)}
}

// shortage says at one moment what is missing.
type shortage struct {
	code  Code
	at    time.Time
	need  load
	taken load
	limit load
}

func (s *shortage) refusal() *Refusal {
	what, need, taken, limit := "vCPU", s.need.cpu, s.taken.cpu, s.limit.cpu
	switch s.code {
	case InsufficientMemory:
		what, need, taken, limit = "GiB of memory", s.need.memory, s.taken.memory, s.limit.memory
	case InsufficientStorage:
		what, need, taken, limit = "GiB of storage", s.need.storage, s.taken.storage, s.limit.storage
	case InsufficientNodes:
		what, need, taken, limit = "nodes", s.need.nodes, s.taken.nodes, s.limit.nodes
	}
	if need > limit {
		return refuse(s.code, "needs %d %s, the worker has %d in all", need, what, limit)
	}
	return refuse(s.code, "needs %d %s, of %d only %d are free at %s", need, what, limit, max(0, limit-taken), s.at.UTC().Format(time.RFC3339))
}
