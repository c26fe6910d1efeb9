// Package command holds the use cases that change something, one file each. A command checks what spans aggregates,
// leaves the rest to the aggregate, and writes each aggregate in one step; what spans several is a saga whose every
// intermediate state a sweep repairs. Who calls, with which term and idempotency key, is in the context (package call).
package command

import (
	"context"
	"log/slog"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/resource"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/definition"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/labrecord"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/settings"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/task"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/template"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// Deps is what commands work with.
type Deps struct {
	Workers     *repo.Repo[worker.Worker]
	Instances   *repo.Repo[instance.Instance]
	Definitions *repo.Repo[definition.Definition]
	// Templates is looked up by the unique value, which is the template's name.
	Templates *repo.Repo[template.Template]
	Settings  Settings
	// LabRecords and Blobs keep labs and their files.
	LabRecords *repo.Repo[labrecord.LabRecord]
	Blobs      Blobs
	// Tasks records requests that go on after their answer.
	Tasks *repo.Repo[task.Task]
	// Samples may be nil: then no figures are kept.
	Samples Samples
	// Licenses may be nil: then no licence file is configured and no worker finds a seat.
	Licenses Licenses
	// Sealer may be nil: then no token can be kept for a worker.
	Sealer Sealer
	// Meter may be nil.
	Meter Meter
	// Region is where a worker is made when the request names no region.
	Region string
	// Ports is what workers offer whose template says nothing; the zero value is resource.DefaultPortRange.
	Ports resource.PortRange
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	Log *slog.Logger
}

// Settings gives the settings that hold now. An error means that they cannot be read; commands then fail.
type Settings interface {
	Effective(ctx context.Context) (settings.Effective, error)
}

// Licenses is the file of licences. Entry finds one by its name; without a name the first of the type. ok is false where
// there is none.
type Licenses interface {
	Entry(name string, kind resource.LicenseType) (entry License, ok bool)
}

// License is an entry of the file: seats is how many workers may be registered with it at once.
type License struct {
	Name  string
	Type  resource.LicenseType
	Token secret.String
	Seats int
}

// Sealer encrypts what must be stored but not be read in the store.
type Sealer interface {
	Seal(plain secret.String) ([]byte, error)
	Open(sealed []byte) (secret.String, error)
}

// Meter counts what an operator wants to see.
type Meter interface {
	// ClockSkew counts a command that was refused since the caller's clock differs too much from the API's.
	ClockSkew(service string)
	// UnexpectedJump counts a worker's move that the table does not have.
	UnexpectedJump(from, to lifecycle.WorkerStatus)
}

// Commands is the set of use cases of workers and instances.
type Commands struct{ d Deps }

// New makes the commands.
func New(d Deps) *Commands {
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Meter == nil {
		d.Meter = noMeter{}
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	return &Commands{d: d}
}

type noMeter struct{}

func (noMeter) ClockSkew(string) {}

func (noMeter) UnexpectedJump(_, _ lifecycle.WorkerStatus) {}

// now is the API's clock in UTC, in the precision of the store.
func (c *Commands) now() time.Time { return c.d.Now().UTC().Truncate(time.Millisecond) }

// act is the caller's side of what a verb does.
func (c *Commands) act(ctx context.Context) parts.Act {
	caller := call.From(ctx)
	return parts.Act{By: caller.Actor, Reason: caller.Reason, At: c.now()}
}

func minutes(n float64) time.Duration { return time.Duration(n * float64(time.Minute)) }
