package query_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/resource"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/apptest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/query"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/blobs"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/aggregate"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/definition"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

// catalogue is the queries on definitions, on a store of their own.
type catalogue struct {
	*query.Definitions
	t     *testing.T
	repo  *repo.Repo[definition.Definition]
	blobs *blobs.Blobs
	made  int
}

func newCatalogue(t *testing.T) *catalogue {
	t.Helper()
	engine := storetest.New(t, command.DefinitionKind().Stored().Collection, blobs.Collection(), repo.ClaimsCollection(), journal.Collection())
	now := func() time.Time { return apptest.Noon }
	c := &catalogue{t: t, repo: repo.New(command.DefinitionKind(), repo.Deps{Engine: engine, Now: now}), blobs: blobs.New(engine, now)}
	c.Definitions = query.NewDefinitions(c.repo, c.blobs)
	return c
}

// add stores a definition; each is a minute younger than the one before, whatever its id.
func (c *catalogue) add(d definition.Definition) *definition.Definition {
	c.t.Helper()
	c.made++
	d.CreatedAt = apptest.Noon.Add(time.Duration(c.made) * time.Minute)
	if d.Version == "" {
		d.Version = strconv.Itoa(c.made) + ".0.0"
	}
	if d.Status == "" {
		d.Status = lifecycle.DefinitionActive
	}
	d.Raise("test.created.v1", nil)
	_, err := c.repo.Create(apptest.As("ann"), &d)
	require.NoError(c.t, err)
	return &d
}

func (c *catalogue) versions(f api.ListDefinitions) (versions []string, total int, next string) {
	c.t.Helper()
	found, err := c.List(apptest.As("ann"), f)
	require.NoError(c.t, err)
	for _, d := range found.Items {
		versions = append(versions, d.Name+" "+d.Version)
	}
	return versions, found.Total, found.Next
}

func TestListDefinitions(t *testing.T) {
	c := newCatalogue(t)
	for n, status := range lifecycle.Definitions().Statuses() {
		d := definition.Definition{Name: "lab", Version: strconv.Itoa(n) + ".0.0", Status: status}
		if status == lifecycle.DefinitionPendingSync {
			d.SyncStatus = definition.SyncRequested
		}
		c.add(d)
	}
	c.add(definition.Definition{Name: "labyrinth", Version: "9.0.0"})
	for _, test := range []struct {
		reason string
		filter api.ListDefinitions
		want   []string
	}{
		{"what is in use, newest first", api.ListDefinitions{}, []string{"labyrinth 9.0.0", "lab 2.0.0", "lab 1.0.0", "lab 0.0.0"}},
		{"by name, the whole of it", api.ListDefinitions{Name: "lab"}, []string{"lab 2.0.0", "lab 1.0.0", "lab 0.0.0"}},
		{"with what is out of use, but not what is deleted", api.ListDefinitions{Name: "lab", IncludeDeprecated: true}, []string{"lab 4.0.0", "lab 3.0.0", "lab 2.0.0", "lab 1.0.0", "lab 0.0.0"}},
		{"by status, in any case", api.ListDefinitions{Status: "INACTIVE"}, []string{"lab 2.0.0"}},
		{"by several statuses", api.ListDefinitions{Status: "deprecated, deleted"}, []string{"lab 5.0.0", "lab 3.0.0"}},
		{"by what waits for a sync", api.ListDefinitions{SyncStatus: "Sync_Requested"}, []string{"lab 0.0.0"}},
		{"nothing", api.ListDefinitions{Name: "none"}, nil},
	} {
		t.Run(test.reason, func(t *testing.T) {
			versions, total, next := c.versions(test.filter)
			require.Equal(t, test.want, versions)
			require.Equal(t, len(test.want), total)
			require.Empty(t, next)
		})
	}
	_, err := c.List(apptest.As("ann"), api.ListDefinitions{Status: "nonsense"})
	require.Equal(t, "bad_status", failure.CodeOf(err))
	require.Equal(t, failure.Invalid, failure.KindOf(err))
	_, err = c.List(apptest.As("ann"), api.ListDefinitions{List: api.List{Cursor: "%"}})
	require.Equal(t, "bad_cursor", failure.CodeOf(err))
}

func TestPagesOfDefinitionsStayWhenOthersAreMade(t *testing.T) {
	c := newCatalogue(t)
	for n := range 5 {
		// Ids that a sync derives have no order in time.
		c.add(definition.Definition{Root: aggregate.Root{ID: []string{"m", "c", "z", "a", "k"}[n]}, Name: "lab"})
	}
	var seen []string
	list := api.List{Limit: 2}
	for range 5 {
		versions, _, next := c.versions(api.ListDefinitions{List: list})
		seen = append(seen, versions...)
		list.Cursor = next
		if next == "" {
			break
		}
		c.add(definition.Definition{Name: "meanwhile"})
	}
	require.Equal(t, []string{"lab 5.0.0", "lab 4.0.0", "lab 3.0.0", "lab 2.0.0", "lab 1.0.0"}, seen)
	versions, total, _ := c.versions(api.ListDefinitions{Name: "lab", List: api.List{Skip: 3}})
	require.Equal(t, []string{"lab 2.0.0", "lab 1.0.0"}, versions)
	require.Equal(t, 5, total, "the total is that of the filter, not of the page")
}

func TestTheLabFileOfADefinition(t *testing.T) {
	c := newCatalogue(t)
	ctx := apptest.As("ann")
	hash, err := c.blobs.Put(ctx, []byte("lab: {}"))
	require.NoError(t, err)
	d := c.add(definition.Definition{Name: "lab", Content: definition.Content{TopologyHash: hash}})
	topology, err := c.Topology(ctx, d.ID)
	require.NoError(t, err)
	require.Equal(t, api.Topology{Hash: hash, YAML: "lab: {}"}, topology)

	waits := c.add(definition.Definition{Name: "lab", Status: lifecycle.DefinitionPendingSync})
	_, err = c.Topology(ctx, waits.ID)
	require.Equal(t, "definition_not_synced", failure.CodeOf(err))
	require.Equal(t, failure.Conflict, failure.KindOf(err))
	lost := c.add(definition.Definition{Name: "lab", Content: definition.Content{TopologyHash: "gone"}})
	_, err = c.Topology(ctx, lost.ID)
	require.Equal(t, "blob_not_found", failure.CodeOf(err))
	_, err = c.Topology(ctx, "nobody")
	require.Equal(t, "definition_not_found", failure.CodeOf(err))
}

func TestADefinitionAsPeopleSeeIt(t *testing.T) {
	c := newCatalogue(t)
	d := c.add(definition.Definition{
		Name: "lab", Version: "1.0.1", Status: lifecycle.DefinitionDeprecated, PreviousVersionID: "before",
		Source:       definition.Source{FormQualifiedName: "f", BucketName: "b", PackageName: "SVN.zip", ArtifactURI: "s3://b/SVN.zip"},
		Content:      definition.Content{TopologyHash: "h", PackageHash: "p", GradeXMLPath: "g", UpstreamVersion: "7"},
		PortTemplate: resource.PortTemplate{Ports: []resource.PortDefinition{{Name: "a", Protocol: "tcp"}}},
		Notification: &definition.Notification{Email: "ann@example.org", NotifyOnError: true},
	})
	candidate, _, err := c.Get(apptest.As("bob", api.User), d.ID)
	require.NoError(t, err)
	require.Nil(t, candidate.OwnerNotification, "a webhook's URL may hold a token")
	dto, version, err := c.Get(apptest.As("ann", api.LabAuthor), d.ID)
	require.NoError(t, err)
	require.Equal(t, int64(1), version)
	require.Equal(t, "not_configured", dto.OwnerNotification.EmailStatus, "nobody sends mail, and the answer says so")
	require.True(t, dto.IsDeprecated)
	require.Equal(t, "h", dto.LabYAMLHash)
	require.Equal(t, "p", dto.ContentPackageHash)
	require.Equal(t, "b", dto.ContentBucketName)
	require.Equal(t, "SVN.zip", dto.UserSessionPackageName)
	require.Equal(t, "before", dto.PreviousVersionID)
	require.Equal(t, "7", dto.UpstreamVersion)
	require.Equal(t, 1, dto.PortTemplate.PortCount)
	require.False(t, *dto.OwnerNotification.NotifyOnStart)
	require.True(t, *dto.OwnerNotification.NotifyOnError)

	bare, _, err := c.Get(apptest.As("ann"), c.add(definition.Definition{Name: "bare"}).ID)
	require.NoError(t, err)
	require.NotNil(t, bare.PortTemplate.Ports, "an empty list, not null")
	require.Nil(t, bare.OwnerNotification)
	_, _, err = c.Get(apptest.As("ann"), "nobody")
	require.Equal(t, "definition_not_found", failure.CodeOf(err))

	model, err := c.Model(apptest.As("ann"), d.ID)
	require.NoError(t, err)
	require.Equal(t, "1.0.1", model.Release)
	require.Equal(t, int64(1), model.Generation)
	_, err = c.Model(apptest.As("ann"), "nobody")
	require.Equal(t, failure.NotFound, failure.KindOf(err))
}
