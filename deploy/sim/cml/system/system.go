package system

import (
	"fmt"
	"slices"
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/catalog"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// AdminID is the id of the built-in administrator, the only user of a machine.
const AdminID = "00000000-0000-4000-a000-000000000000"

// Usage is what the labs of a machine take at the moment.
type Usage struct {
	// Nodes exist, Running ones are started.
	Nodes, Running int
	// CPUs and MemoryMiB are allocated to the running nodes.
	CPUs, MemoryMiB int
	// Licensed is the number of running nodes that count against the licence.
	Licensed int
}

// Labs is what the system asks the labs of its machine.
type Labs interface {
	// Usage sums up all labs.
	Usage() Usage
	// Activity returns the telemetry of the present runs, which is not kept here yet.
	Activity() []Event
}

// Settings are the properties of every machine.
type Settings struct {
	Username, Password string
	// Version is the product version, e.g. 2.9.1+build.3.
	Version string
	// TokenTTL is how long a token is valid, in simulated wall time.
	TokenTTL time.Duration
	// Registration is how long a registration takes.
	Registration time.Duration
	// UnlicensedNodes may run on a machine without a licence.
	UnlicensedNodes int
	// NodeLimits is the number of nodes that may run, by licence type.
	NodeLimits map[string]int
	// CPUs, MemoryBytes and DiskBytes are the size of a machine.
	CPUs                   int
	MemoryBytes, DiskBytes int64
	// TelemetryKept is how many telemetry events are kept.
	TelemetryKept int
}

// Env is what a System works with.
type Env struct {
	Machine string
	Clock   *kit.Clock
	Disk    *kit.Disk
	Catalog *catalog.Catalog
	Pools   *Pools
	// Secret signs the tokens of all machines.
	Secret []byte
	// Settings returns the present settings.
	Settings func() Settings
	// Ready tells whether the machine's compute host can start nodes.
	Ready func() bool
}

// System is one machine's state. Its user holds the machine's lock.
type System struct {
	env       Env
	labs      Labs
	doc       document
	telemetry []Event
	changed   bool
	recorded  bool
}

// document is what survives a restart besides the telemetry.
type document struct {
	Tokens      tokens      `json:"tokens"`
	License     license     `json:"license"`
	Maintenance maintenance `json:"maintenance"`
}

const (
	systemDoc    = "system"
	telemetryDoc = "telemetry"
)

// Load opens the kept state of a machine; SetLabs must follow before use.
func Load(env Env) (*System, error) {
	s := &System{env: env}
	if _, err := env.Disk.Load(systemDoc, &s.doc); err != nil {
		return nil, fmt.Errorf("machine %s: %w", env.Machine, err)
	}
	if _, err := env.Disk.Load(telemetryDoc, &s.telemetry); err != nil {
		return nil, fmt.Errorf("machine %s: %w", env.Machine, err)
	}
	return s, nil
}

// SetLabs links the labs of the machine.
func (s *System) SetLabs(labs Labs) { s.labs = labs }

// Flush saves what changed.
func (s *System) Flush() error {
	if s.recorded {
		if err := s.env.Disk.Save(telemetryDoc, s.telemetry); err != nil {
			return err
		}
		s.recorded = false
	}
	if !s.changed {
		return nil
	}
	if err := s.env.Disk.Save(systemDoc, s.doc); err != nil {
		return err
	}
	s.changed = false
	return nil
}

// Event is a telemetry event.
type Event struct {
	Category  string         `json:"category"`
	Timestamp time.Time      `json:"timestamp"`
	Data      map[string]any `json:"data"`
}

// Record adds telemetry events; the oldest beyond the limit are dropped.
func (s *System) Record(events ...Event) {
	s.telemetry = append(s.telemetry, events...)
	if over := len(s.telemetry) - s.env.Settings().TelemetryKept; over > 0 {
		s.telemetry = slices.Delete(s.telemetry, 0, over)
	}
	s.recorded = true
}

func (s *System) computeID() string { return wire.DerivedID("compute", s.env.Machine) }
