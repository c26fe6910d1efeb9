// Package apptest has a whole application on a real store for tests: repositories, commands, queries and sweeps on one
// clock that only the test moves. Tests of a command's callers use it as well.
package apptest

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/resource"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/query"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/blobs"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/definition"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/labrecord"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/settings"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/task"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/template"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/process"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/samples"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

// Noon is where the clock stands at the beginning.
var Noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// World is the application.
type World struct {
	T           testing.TB
	Store       *storetest.FaultyEngine
	Clock       *Clock
	Workers     *repo.Repo[worker.Worker]
	Instances   *repo.Repo[instance.Instance]
	Definitions *repo.Repo[definition.Definition]
	Templates   *repo.Repo[template.Template]
	Tasks       *repo.Repo[task.Task]
	LabRecords  *repo.Repo[labrecord.LabRecord]
	Blobs       *blobs.Blobs
	Samples     *samples.Samples
	Settings    *Settings
	Licenses    Licenses
	Meter       *Meter
	Commands    *command.Commands
	Queries     *query.Queries
	Processes   *process.Processes
	sequence    int
}

// New makes an application with an empty store.
func New(t testing.TB) *World {
	t.Helper()
	return on(t, storetest.New)
}

// NewDurable is New with a store that flushes its writes as in production: for benchmarks.
func NewDurable(t testing.TB) *World {
	t.Helper()
	return on(t, storetest.Durable)
}

func on(t testing.TB, open storetest.Opener) *World {
	t.Helper()
	engine := storetest.Faulty(open(t,
		command.WorkerKind().Stored().Collection, command.InstanceKind().Stored().Collection,
		command.DefinitionKind().Stored().Collection, command.TemplateKind().Stored().Collection,
		command.LabRecordKind().Stored().Collection, blobs.Collection(), command.TaskKind().Stored().Collection, samples.Collection(), repo.ClaimsCollection(), journal.Collection(),
	), nil)
	w := &World{T: t, Store: engine, Clock: &Clock{now: Noon}, Settings: &Settings{Value: settings.Defaults()}, Licenses: Licenses{}, Meter: &Meter{}}
	deps := repo.Deps{Engine: engine, Now: w.Clock.Now}
	w.Workers, w.Instances = repo.New(command.WorkerKind(), deps), repo.New(command.InstanceKind(), deps)
	w.Definitions, w.Templates = repo.New(command.DefinitionKind(), deps), repo.New(command.TemplateKind(), deps)
	w.Tasks = repo.New(command.TaskKind(), deps)
	w.LabRecords, w.Blobs = repo.New(command.LabRecordKind(), deps), blobs.New(engine, w.Clock.Now)
	w.Samples = samples.New(engine, nil, w.Clock.Now, nil)
	w.Commands = command.New(command.Deps{
		Workers: w.Workers, Instances: w.Instances, Definitions: w.Definitions, Templates: w.Templates, Settings: w.Settings,
		Tasks: w.Tasks, Samples: w.Samples, LabRecords: w.LabRecords, Blobs: w.Blobs,
		Licenses: w.Licenses, Sealer: Sealer{}, Meter: w.Meter, Region: "us-east-1", Now: w.Clock.Now,
	})
	w.Queries = query.New(query.Deps{Workers: w.Workers, Instances: w.Instances, Settings: w.Settings, Samples: w.Samples, Now: w.Clock.Now})
	w.Processes = process.New(process.Deps{
		Workers: w.Workers, Instances: w.Instances, Tasks: w.Tasks, Commands: w.Commands, Settings: w.Settings, Expiring: engine, Now: w.Clock.Now,
	})
	return w
}

// Clock is a clock that stands until it is moved.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now tells the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Move moves the clock on.
func (c *Clock) Move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Settings are settings that a test may change before it starts anything.
type Settings struct{ Value settings.Effective }

// Effective implements command.Settings.
func (s *Settings) Effective(context.Context) (settings.Effective, error) { return s.Value, nil }

// Licenses is a licence file by name.
type Licenses map[string]command.License

// Entry implements command.Licenses.
func (l Licenses) Entry(name string, _ resource.LicenseType) (command.License, bool) {
	entry, ok := l[name]
	return entry, ok
}

// Pool is a licence with seats.
func Pool(seats int) command.License {
	return command.License{Name: "pool", Type: resource.LicenseEnterprise, Token: secret.New("token-of-the-pool"), Seats: seats}
}

// Sealer only marks what is sealed, so that a test sees whether it was.
type Sealer struct{}

const sealMark = "sealed:"

// Seal implements command.Sealer.
func (Sealer) Seal(plain secret.String) ([]byte, error) {
	return []byte(sealMark + plain.Reveal()), nil
}

// Open implements command.Sealer.
func (Sealer) Open(sealed []byte) (secret.String, error) {
	plain, ok := strings.CutPrefix(string(sealed), sealMark)
	if !ok {
		return secret.String{}, errors.New("not sealed here")
	}
	return secret.New(plain), nil
}

// Meter records what was counted.
type Meter struct {
	Skews []string
	Jumps []string
}

// ClockSkew implements command.Meter.
func (m *Meter) ClockSkew(service string) { m.Skews = append(m.Skews, service) }

// UnexpectedJump implements command.Meter.
func (m *Meter) UnexpectedJump(from, to lifecycle.WorkerStatus) {
	m.Jumps = append(m.Jumps, string(from)+" to "+string(to))
}

// As is a context of a person.
func As(subject string, roles ...api.Role) context.Context {
	return call.With(context.Background(), call.Call{Actor: subject, Roles: roles})
}

// Service is a context of a controller's leader; a key makes it a call that can be repeated.
func Service(name, key string) context.Context {
	return call.With(context.Background(), call.Call{Actor: name, Route: "test", Key: key, BodyHash: "body"})
}

// Definition stores a definition that takes cpu of a worker, active unless a status is given.
func (w *World) Definition(cpu int, status ...lifecycle.DefinitionStatus) *definition.Definition {
	w.T.Helper()
	w.sequence++
	d := &definition.Definition{
		Name: "lab-" + strconv.Itoa(w.sequence), Version: "1.0.0", Status: lifecycle.DefinitionActive,
		Requirements: resource.Requirements{CPUCores: cpu, MemoryGB: cpu, StorageGB: cpu}, NodeCount: 2, MaxDurationMinutes: 240,
		PortTemplate: resource.PortTemplate{Ports: []resource.PortDefinition{{Name: "pc", Protocol: "tcp"}, {Name: "r1", Protocol: "tcp"}}},
	}
	if len(status) > 0 {
		d.Status = status[0]
	}
	d.Raise("test.created.v1", nil)
	_, err := w.Definitions.Create(context.Background(), d)
	require.NoError(w.T, err)
	return d
}

// Template stores a template for workers with so many vCPU.
func (w *World) Template(name string, cpu int) *template.Template {
	w.T.Helper()
	t, err := template.New(template.Template{
		Name: name, Description: name, InstanceType: "m5.metal", License: "pool", LicenseType: resource.LicenseEnterprise,
		Capacity: resource.Capacity{CPUCores: cpu, MemoryGB: cpu, StorageGB: cpu}, Enabled: true,
	}, w.Clock.Now())
	require.NoError(w.T, err)
	_, err = w.Templates.Create(context.Background(), t)
	require.NoError(w.T, err)
	return t
}

// Worker loads a worker.
func (w *World) Worker(id string) *worker.Worker {
	w.T.Helper()
	found, _, err := w.Workers.Get(context.Background(), id)
	require.NoError(w.T, err)
	return found
}

// Instance loads an instance and its generation.
func (w *World) Instance(id string) (*instance.Instance, int64) {
	w.T.Helper()
	found, meta, err := w.Instances.Get(context.Background(), id)
	require.NoError(w.T, err)
	return found, meta.Generation
}
