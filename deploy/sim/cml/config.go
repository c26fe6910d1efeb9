package cml

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/labs"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/system"
)

// Hosts tells which machine answers at an address.
type Hosts interface {
	// Host returns the id of the machine at the address (without port), whether it
	// is up, and since when. An unknown address is not up.
	Host(address string) (id string, up bool, since time.Time)
}

// Config is what a Server starts with.
type Config struct {
	// Hosts is nil to have one machine, always up, for each host name.
	Hosts Hosts
	// Username and Password sign in to every machine.
	Username, Password string
	// Timings and Settings may be replaced by control; the replacement is kept.
	// The zero Timings make everything happen at once; nil Settings are the default.
	Timings  Timings
	Settings *Settings
	// Pools are the licences that tokens stand for; none: any token is good.
	Pools []system.Pool
}

// Timings say how long things take in simulated work time; in JSON they are
// whole milliseconds.
type Timings struct {
	// Backend is how long after its start a machine answers 502, Boot how long
	// until it says that it is ready.
	Backend Millis `json:"cml_backend_ms"`
	Boot    Millis `json:"cml_boot_ms"`
	// NodeQueue, NodeBoot and NodeStop are the steps of a node's life.
	NodeQueue Millis `json:"node_queue_ms"`
	NodeBoot  Millis `json:"node_boot_ms"`
	NodeStop  Millis `json:"node_stop_ms"`
	// Register is how long a licence registration takes.
	Register Millis `json:"license_register_ms"`
	// TokenTTL is how long a token is valid by the clock, whatever its rate is; 0
	// stands for 24 hours.
	TokenTTL Millis `json:"token_ttl_ms"`
}

// Millis is a number of milliseconds.
type Millis int64

// Of returns the whole milliseconds of a duration.
func Of(d time.Duration) Millis { return Millis(d.Milliseconds()) }

// Duration returns the time span.
func (m Millis) Duration() time.Duration { return time.Duration(m) * time.Millisecond }

// DefaultTimings are like those of a real machine.
func DefaultTimings() Timings {
	return Timings{
		Backend: Of(3 * time.Minute), Boot: Of(5 * time.Minute),
		NodeQueue: Of(2 * time.Second), NodeBoot: Of(90 * time.Second), NodeStop: Of(3 * time.Second),
		Register: Of(10 * time.Second), TokenTTL: Of(24 * time.Hour),
	}
}

// Settings are the other properties of all machines.
type Settings struct {
	Version string `json:"version"`
	// UnlicensedNodes may run without a licence, NodeLimits by licence type with one.
	UnlicensedNodes int            `json:"unlicensed_nodes"`
	NodeLimits      map[string]int `json:"node_limits"`
	// Ports is what becomes of a port that is taken: labs.PortsWarn or PortsRefuse.
	Ports string `json:"ports"`
	// StuckLabels name nodes that will never boot when they are started.
	StuckLabels []string `json:"stuck_labels"`
	// CPUs, MemoryBytes and DiskBytes are the size of a machine.
	CPUs        int   `json:"cpus"`
	MemoryBytes int64 `json:"memory_bytes"`
	DiskBytes   int64 `json:"disk_bytes"`
	// TelemetryKept is how many telemetry events of a machine are kept.
	TelemetryKept int `json:"telemetry_kept"`
}

// DefaultSettings are those of a large machine with CML 2.9.1.
func DefaultSettings() Settings {
	return Settings{
		Version: "2.9.1+build.3", UnlicensedNodes: 5,
		NodeLimits: map[string]int{"personal": 20, "personal40": 40, "evaluation": 20, "enterprise": 500},
		Ports:      labs.PortsWarn, StuckLabels: []string{},
		CPUs: 96, MemoryBytes: 384 << 30, DiskBytes: 1 << 40, TelemetryKept: 2000,
	}
}

// kept is what control may change: Timings and Settings.
type kept struct {
	Timings  Timings  `json:"timings"`
	Settings Settings `json:"settings"`
}

func (k kept) validate() error {
	t := k.Timings
	least := min(t.Backend, t.Boot, t.NodeQueue, t.NodeBoot, t.NodeStop, t.Register, t.TokenTTL)
	if least < 0 {
		return errors.New("a timing must not be negative")
	}
	if !slices.Contains([]string{labs.PortsWarn, labs.PortsRefuse}, k.Settings.Ports) {
		return fmt.Errorf("ports is %q, want %s or %s", k.Settings.Ports, labs.PortsWarn, labs.PortsRefuse)
	}
	if k.Settings.CPUs < 1 || k.Settings.TelemetryKept < 0 || k.Settings.UnlicensedNodes < 0 {
		return errors.New("a figure is too small")
	}
	return nil
}

func (s Settings) clone() Settings {
	s.NodeLimits = maps.Clone(s.NodeLimits)
	s.StuckLabels = slices.Clone(s.StuckLabels)
	return s
}
