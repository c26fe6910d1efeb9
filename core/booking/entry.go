// Package booking keeps the book of a worker: who has been promised or holds what part of it, and when. The API decides
// with it and the scheduler plans with it, so that both give the same answer. It is plain: time is an argument.
package booking

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// State tells whether an entry is a promise or a fact.
type State string

const (
	// Booked is a promise for a window.
	Booked State = "booked"
	// Held means that the lab exists or may exist.
	Held State = "held"
)

// Holder names whose entry it is: an instance with its attempt, or a lab record.
type Holder struct {
	InstanceID  string `json:"instance_id,omitempty"`
	Attempt     int    `json:"attempt,omitempty"`
	LabRecordID string `json:"lab_record_id,omitempty"`
}

// Entry is one line of a book.
type Entry struct {
	Holder       Holder                `json:"holder"`
	State        State                 `json:"state"`
	Requirements resource.Requirements `json:"requirements"`
	Nodes        int                   `json:"nodes"`
	// Ports maps port name to number.
	Ports []Port `json:"ports,omitempty"`
	// From and Until are the window, lead and margin included; a zero Until is open-ended.
	From  time.Time `json:"from"`
	Until time.Time `json:"until,omitzero"`
	// Since is when the entry got its present state.
	Since time.Time `json:"since"`
	// Idle marks a lab that is stopped: it takes storage and ports, neither vCPU nor memory nor nodes.
	Idle bool `json:"idle,omitempty"`
}

// Port is an allocated port.
type Port struct {
	Name   string `json:"name"`
	Number int    `json:"number"`
}

// Window is the entry's window.
func (e Entry) Window() resource.Window { return resource.Window{From: e.From, Until: e.Until} }
