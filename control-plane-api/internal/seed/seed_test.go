package seed_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/data"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/blobs"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/definition"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/settings"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/template"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/seed"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// garden is a store with what is seeded into it.
type garden struct {
	t           *testing.T
	engine      *storetest.FaultyEngine
	settings    *repo.Repo[settings.Settings]
	templates   *repo.Repo[template.Template]
	definitions *repo.Repo[definition.Definition]
	system      seed.Settings
	seeders     []seed.Seeder
}

func newGarden(t *testing.T) *garden {
	t.Helper()
	now := func() time.Time { return noon }
	g := &garden{t: t, engine: storetest.Faulty(storetest.New(t,
		command.SettingsKind(settings.Defaults()).Stored().Collection, command.TemplateKind().Stored().Collection,
		command.DefinitionKind().Stored().Collection, repo.ClaimsCollection(), journal.Collection(), blobs.Collection(),
	), nil)}
	deps := repo.Deps{Engine: g.engine, Now: now}
	g.settings, g.templates = repo.New(command.SettingsKind(settings.Defaults()), deps), repo.New(command.TemplateKind(), deps)
	g.definitions = repo.New(command.DefinitionKind(), deps)
	g.system = seed.Settings{Repo: g.settings, Now: now}
	g.seeders = []seed.Seeder{
		g.system, seed.Templates{Repo: g.templates, Now: now},
		seed.Definitions{Commands: command.NewDefinitions(g.definitions, blobs.New(g.engine, now), now)},
	}
	return g
}

func (g *garden) sow(files fstest.MapFS) seed.Summary {
	g.t.Helper()
	done, err := seed.Run(g.t.Context(), files, g.seeders...)
	require.NoError(g.t, err)
	return done
}

func file(content string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(content)} }

const (
	largeTemplate = "name: large\ndescription: for large labs\ninstance_type: m5.metal\ncapacity: {cpu_cores: 96, memory_gb: 384, storage_gb: 500, max_nodes: 500}\nlicense_type: enterprise\n"
	oneLab        = "name: one\nversion: 1.0.0\nmax_duration_minutes: 30\nlicense_affinity: [enterprise]\nport_template: {ports: [{name: pc}]}\nresource_requirements: {cpu_cores: 2}\n" +
		"topology_yaml: |\n  lab: {version: 0.1.0}\n  nodes:\n    - {id: n0, label: r1, node_definition: iosv, interfaces: []}\n  links: []\n"
	systemSettings = "worker_provisioning: {max_workers_per_region: 3}\n"
)

func TestTheShippedSeedsGrow(t *testing.T) {
	g := newGarden(t)
	done, err := seed.Run(t.Context(), data.Seeds, g.seeders...)
	require.NoError(t, err)
	require.Empty(t, done.Errors)
	large, _, err := g.templates.GetUnique(t.Context(), "large-lab")
	require.NoError(t, err)
	require.True(t, large.Enabled)
	require.Equal(t, 500, *large.Capacity.MaxNodes, "the largest lab fits")
	found, err := g.templates.Count(t.Context(), store.Query{})
	require.NoError(t, err)
	require.Equal(t, done.Seeded, found)
}

func TestEachFileMakesItsThingOnce(t *testing.T) {
	g := newGarden(t)
	files := fstest.MapFS{
		"seeds/worker_templates/large.yaml":   file(largeTemplate),
		"seeds/lablet_definitions/one.yml":    file(oneLab),
		"seeds/system_settings/settings.YAML": file(systemSettings),
		"seeds/worker_templates/README.md":    file("not a seed"),
		"elsewhere/other.yaml":                file("not a seed either"),
	}
	require.Equal(t, seed.Summary{Seeded: 3}, g.sow(files))
	require.Equal(t, seed.Summary{Skipped: 3}, g.sow(files), "a second start changes nothing")

	found, err := g.definitions.Find(t.Context(), store.Query{})
	require.NoError(t, err)
	require.Len(t, found, 1)
	d := found[0].Value
	require.Equal(t, lifecycle.DefinitionActive, d.Status)
	require.Equal(t, 2, d.Requirements.CPUCores)
	require.Equal(t, "tcp", d.PortTemplate.Ports[0].Protocol, "a port without a protocol is TCP")
	s, _, err := g.settings.Get(t.Context(), readmodel.SettingsID)
	require.NoError(t, err)
	require.Equal(t, 3, s.Provisioning.MaxWorkersPerRegion)
}

func TestWhatAPersonChangedStays(t *testing.T) {
	g := newGarden(t)
	files := fstest.MapFS{"seeds/worker_templates/large.yaml": file(largeTemplate)}
	g.sow(files)
	there, _, err := g.templates.GetUnique(t.Context(), "large")
	require.NoError(t, err)
	files["seeds/worker_templates/large.yaml"] = file(largeTemplate + "cost_per_hour_usd: 9\n")
	g.sow(files)
	after, _, err := g.templates.GetUnique(t.Context(), "large")
	require.NoError(t, err)
	require.Equal(t, there, after)
}

func TestABadFileIsToldAndTheOthersGrow(t *testing.T) {
	for reason, bad := range map[string]string{
		"no YAML":             "name: [",
		"an unknown field":    largeTemplate + "colour: red\n",
		"a wrong type":        "name: small\ncapacity: {cpu_cores: many}\n",
		"what makes no sense": "name: ''\ninstance_type: m5.metal\n",
		"empty":               "",
	} {
		g := newGarden(t)
		done := g.sow(fstest.MapFS{"seeds/worker_templates/a.yaml": file(bad), "seeds/worker_templates/b.yaml": file(largeTemplate)})
		require.Equal(t, 1, done.Seeded, reason)
		require.Len(t, done.Errors, 1, reason)
		require.Contains(t, done.Errors[0], "a.yaml", reason)
	}
}

func TestAStoreThatIsAwayEndsIt(t *testing.T) {
	g := newGarden(t)
	g.engine.SetHook(storetest.Always(storetest.Fault{Fail: fmt.Errorf("gone: %w", store.ErrUnavailable)}))
	_, err := seed.Run(t.Context(), fstest.MapFS{"seeds/worker_templates/large.yaml": file(largeTemplate)}, g.seeders...)
	require.Error(t, err, "so that it is tried again")
	g.engine.SetHook(nil)
	require.Equal(t, 1, g.sow(fstest.MapFS{"seeds/worker_templates/large.yaml": file(largeTemplate)}).Seeded)
}

func TestNoFolderSeedsNothing(t *testing.T) {
	g := newGarden(t)
	require.Equal(t, seed.Summary{}, g.sow(fstest.MapFS{}))
	require.NoError(t, g.system.Default(t.Context()))
	require.NoError(t, g.system.Default(t.Context()), "a second time is no error")
	_, _, err := g.settings.Get(t.Context(), readmodel.SettingsID)
	require.NoError(t, err, "the settings are there, so that what holds is projected")
}

// counter is a seeder that only counts.
type counter struct{ files int }

func (*counter) Folder() string { return "things" }

func (c *counter) Seed(context.Context, []byte) (bool, error) {
	c.files++
	return false, errors.New("not this one")
}

func TestAHugeFileIsNotRead(t *testing.T) {
	c := &counter{}
	done, err := seed.Run(t.Context(), fstest.MapFS{
		"seeds/things/huge.yaml": {Data: make([]byte, 8<<20+1)}, "seeds/things/small.yaml": file("x"), "seeds/things/folder.yaml/x.txt": file("x"),
	}, c)
	require.NoError(t, err)
	require.Len(t, done.Errors, 2)
	require.Equal(t, 1, c.files)
}
