package command_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/apptest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/blobs"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/definition"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

const form = "Exam Associate CCNA v1.1 LAB 1.3a"

// author is who makes definitions.
func author() context.Context { return apptest.As("ann", api.LabAuthor) }

// syncer is who reports what a content sync found.
func syncer() context.Context { return apptest.Service("lablet-controller", "") }

// library is the commands on definitions, on a store of their own.
type library struct {
	*command.Definitions
	t      *testing.T
	engine store.Engine
	repo   *repo.Repo[definition.Definition]
	blobs  *shelf
	clock  time.Time
	// beforeWrite is called before each write, when what is written has been decided already.
	beforeWrite func()
}

// shelf keeps lab files; before is called first, and may fail it.
type shelf struct {
	*blobs.Blobs
	before func() error
}

func (s *shelf) Put(ctx context.Context, content []byte) (string, error) {
	if s.before != nil {
		if err := s.before(); err != nil {
			return "", err
		}
	}
	return s.Blobs.Put(ctx, content)
}

func newLibrary(t *testing.T) *library {
	t.Helper()
	engine := storetest.New(t, command.DefinitionKind().Stored().Collection, blobs.Collection(), repo.ClaimsCollection(), journal.Collection())
	l := &library{t: t, engine: engine, clock: apptest.Noon}
	now := func() time.Time { return l.clock }
	newID := func() string {
		if l.beforeWrite != nil {
			l.beforeWrite()
		}
		return uuid.NewString()
	}
	l.repo = repo.New(command.DefinitionKind(), repo.Deps{Engine: engine, Now: now, NewID: newID})
	l.blobs = &shelf{Blobs: blobs.New(engine, now)}
	l.Definitions = command.NewDefinitions(l.repo, l.blobs, now)
	return l
}

// lab is a lab file of one node under a label.
func lab(label string) string {
	return fmt.Sprintf("lab: {version: 0.3.0, title: tiny}\nnodes:\n"+
		"  - {id: n0, label: %s, x: 0, y: 0, node_definition: iol-xe, tags: [\"serial:5041\"], interfaces: []}\nlinks: []\n", label)
}

func ofForm(version string) api.CreateDefinitionBody {
	return api.CreateDefinitionBody{Name: "ccna", Version: version, FormQualifiedName: form}
}

func found(label string) api.ContentSyncedBody {
	return api.ContentSyncedBody{
		SyncStatus: "success", CMLYAMLContent: lab(label), ContentPackageHash: "p-" + label, GradeXMLPath: "RCUv1/grade.xml", HasContentXML: true,
		UpstreamSyncStatus: map[string]string{"lds": "success"},
	}
}

func (l *library) make(body api.CreateDefinitionBody) *definition.Definition {
	l.t.Helper()
	d, _, err := l.Create(author(), body)
	require.NoError(l.t, err)
	return d
}

func (l *library) get(id string) *definition.Definition {
	l.t.Helper()
	d, _, err := l.repo.Get(author(), id)
	require.NoError(l.t, err)
	return d
}

func (l *library) all() []*definition.Definition {
	l.t.Helper()
	var all []*definition.Definition
	require.NoError(l.t, l.repo.Walk(author(), store.Query{}, func(d *definition.Definition, _ repo.Meta) error {
		all = append(all, d)
		return nil
	}))
	return all
}

// synced makes a definition of the form and syncs it.
func (l *library) synced(label string) *definition.Definition {
	l.t.Helper()
	d := l.make(ofForm("1.0.0"))
	_, err := l.RecordSync(syncer(), d.ID, found(label))
	require.NoError(l.t, err)
	return l.get(d.ID)
}

// resync asks for a sync and reports what it found.
func (l *library) resync(id, label string) (api.Ack, error) {
	l.t.Helper()
	l.clock = l.clock.Add(time.Minute)
	_, _, err := l.RequestSync(author(), id)
	require.NoError(l.t, err)
	return l.RecordSync(syncer(), id, found(label))
}

// set puts a definition into a state that no command leads to yet.
func (l *library) set(id string, change func(*definition.Definition)) {
	l.t.Helper()
	_, _, err := l.repo.Update(author(), id, func(d *definition.Definition) error {
		change(d)
		d.Note("test.set.v1", nil)
		return nil
	})
	require.NoError(l.t, err)
}

var errShelf = errors.New("the shelf is full")
