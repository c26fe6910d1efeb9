package system

import (
	"strings"
	"time"
)

// Words of registration and authorization status.
const (
	NotRegistered   = "NOT_REGISTERED"
	InProgress      = "IN_PROGRESS"
	Completed       = "COMPLETED"
	Failed          = "FAILED"
	InCompliance    = "IN_COMPLIANCE"
	OutOfCompliance = "OUT_OF_COMPLIANCE"
)

// certificateLife is how long a registration is valid without renewal.
const certificateLife = 365 * 24 * time.Hour

// defaultProduct is active on a machine that nobody licensed yet.
const defaultProduct = "CML_Enterprise"

// license is the licensing state of a machine.
type license struct {
	// Attempt is the newest registration, nil when there is none.
	Attempt *attempt `json:"attempt,omitempty"`
	// Product is the product licence in use, "" for the default.
	Product string `json:"product,omitempty"`
	// Expansion is the number of expansion nodes asked for, nil for all.
	Expansion *int `json:"expansion,omitempty"`
	// Renewed is when the registration, Authorized when the authorization was renewed.
	Renewed    *time.Time `json:"renewed,omitempty"`
	Authorized *time.Time `json:"authorized,omitempty"`
	Transport  transport  `json:"transport"`
	// Override and LocalOnly are set by control: an authorization status, and
	// deregistration that does not reach the licence server.
	Override  string `json:"override,omitempty"`
	LocalOnly bool   `json:"local_only,omitempty"`
}

// attempt is one registration. Its outcome is settled at once and shown after
// the time that a registration takes.
type attempt struct {
	At      time.Time `json:"at"`
	Pool    string    `json:"pool"`
	Failure string    `json:"failure,omitempty"`
}

// registration returns the present registration status.
func (s *System) registration() string {
	a := s.doc.License.Attempt
	switch {
	case a == nil:
		return NotRegistered
	case s.env.Clock.Elapsed(a.At) < s.env.Settings().Registration:
		return InProgress
	case a.Failure != "":
		return Failed
	}
	return Completed
}

func (s *System) authorization() string {
	switch {
	case s.registration() != Completed:
		return OutOfCompliance
	case s.doc.License.Override != "":
		return s.doc.License.Override
	}
	return InCompliance
}

func (s *System) licensed() bool { return s.authorization() == InCompliance }

// NodeLimit is the number of nodes that may run at the same time.
func (s *System) NodeLimit() int {
	settings := s.env.Settings()
	if !s.licensed() {
		return settings.UnlicensedNodes
	}
	limit := settings.NodeLimits[s.doc.License.kind()]
	if s.doc.License.Expansion != nil {
		limit = min(limit, baseNodes+*s.doc.License.Expansion)
	}
	return limit
}

// product returns the product licence in use.
func (l *license) product() string {
	if l.Product == "" {
		return defaultProduct
	}
	return l.Product
}

// kind returns the licence type of the product, e.g. personal.
func (l *license) kind() string {
	return strings.ToLower(strings.TrimPrefix(l.product(), "CML_"))
}

func (l *license) enterprise() bool { return !strings.HasPrefix(l.kind(), "personal") }

// productOf returns the product licence of a type, e.g. CML_Personal.
func productOf(kind string) string {
	if kind == "" {
		return defaultProduct
	}
	return "CML_" + strings.ToUpper(kind[:1]) + kind[1:]
}
