package worker

import (
	"strings"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// Information is what CML says of itself to anyone.
type Information struct {
	Version string
	// Ready means that at least one compute host can start nodes.
	Ready bool
}

// Usage is what CML measures: how many nodes run, and what the machine offers.
type Usage struct {
	RunningNodes int
	Capacity     resource.Capacity
}

// License is CML's licence state in CML's words.
type License struct {
	api.CMLLicenseInfo
	// Failure is CML's reason why the last registration failed, empty when there is none.
	Failure string
}

// Registered reports whether CML has registered with the licence server.
func (l License) Registered() bool {
	return equalAny(l.RegistrationStatus, "COMPLETED", "REGISTERED")
}

// Authorized reports whether the licence server lets CML use what it asked for.
func (l License) Authorized() bool {
	return equalAny(l.AuthorizationStatus, "IN_COMPLIANCE", "AUTHORIZED")
}

// InProgress reports whether CML is talking to the licence server.
func (l License) InProgress() bool { return equalAny(l.RegistrationStatus, "IN_PROGRESS") }

// Failed reports whether the last registration failed.
func (l License) Failed() bool { return equalAny(l.RegistrationStatus, "FAILED") }

func equalAny(word string, any ...string) bool {
	for _, one := range any {
		if strings.EqualFold(word, one) {
			return true
		}
	}
	return false
}

// Deregistered tells how a deregistration ended.
type Deregistered int

const (
	// SeatReturned means that the licence server has the seat back.
	SeatReturned Deregistered = iota
	// SeatKept means that CML forgot its registration without reaching the licence server.
	SeatKept
	// NotRegistered means that there was nothing to give back.
	NotRegistered
)
