// Package world runs the whole outside of Lablet Cloud Manager in one process:
// EC2 and CloudWatch, CML, the Lab Delivery System, the grading engine, object
// storage, an OpenID provider and an event sink, linked as they are in reality.
package world

import (
	"fmt"
	"log/slog"
	"maps"
	"slices"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/ec2"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/grading"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/lds"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/oidc"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/s3"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/sink"
)

// The names of the simulators.
const (
	CML     = "cml"
	EC2     = "ec2"
	LDS     = "lds"
	Grading = "grading"
	S3      = "s3"
	OIDC    = "oidc"
	Sink    = "sink"
)

// Names returns the names of all simulators; the order is that of their ports.
func Names() []string { return []string{CML, EC2, LDS, Grading, S3, OIDC, Sink} }

// EventSink receives the events of LDS and grading engine.
type EventSink struct {
	// URL empty: the events wait until SetEventSink.
	URL string
	// Token is sent as bearer token when set.
	Token string
	// Structured chooses the structured content mode in place of binary.
	Structured bool
}

// Config describes the world. The zero value keeps nothing on disk and listens
// on free loopback ports.
type Config struct {
	// Dir keeps all state; "" keeps nothing.
	Dir string
	// Listen holds an address by simulator name; default 127.0.0.1:0, where the
	// port of the last run is taken again when it is free.
	Listen map[string]string
	// Rate is how many times faster than real time simulated work runs; 0 leaves
	// what was kept, at first 1.
	Rate float64
	// EventSink is where LDS and grading engine send their events.
	EventSink EventSink
	// Credentials that are empty are made up at the first start and kept.
	Credentials Credentials
	// The simulators' own settings. Links, credentials and event sinks in them
	// are overwritten. CML.Timings that are zero stand for its DefaultTimings.
	CML     cml.Config
	EC2     ec2.Config
	LDS     lds.Config
	Grading grading.Config
	S3      s3.Config
	OIDC    oidc.Config
	Sink    sink.Config
	// Log may be nil.
	Log *slog.Logger
}

func (c Config) validate() error {
	for _, name := range slices.Sorted(maps.Keys(c.Listen)) {
		if !slices.Contains(Names(), name) {
			return fmt.Errorf("world: no simulator is called %q", name)
		}
	}
	if c.Rate < 0 {
		return fmt.Errorf("world: rate %v is negative", c.Rate)
	}
	return nil
}
