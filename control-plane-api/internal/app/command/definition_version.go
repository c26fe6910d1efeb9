package command

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/definition"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// finding is what a content sync found.
type finding struct {
	content     definition.Content
	topology    definition.Topology
	requestedAt *time.Time
}

// recordChange keeps a changed topology as a new version and closes the sync of the one that was asked to sync. Both steps
// may be repeated: the version that was made is found again.
func (c *Definitions) recordChange(ctx context.Context, id string, f finding) (api.Ack, error) {
	d, _, err := c.repo.Get(ctx, id)
	if err != nil {
		return api.Ack{}, err
	}
	next, err := c.successor(ctx, d, f)
	if err != nil {
		return api.Ack{}, err
	}
	return c.update(ctx, id, func(d *definition.Definition) error {
		if !d.Answers(f.requestedAt) {
			return nil
		}
		return d.Supersede(next, c.now())
	})
}

// versionTries bounds how often a version number is looked for against others who take them.
const versionTries = 5

// successor finds or makes the version that holds what was found.
func (c *Definitions) successor(ctx context.Context, d *definition.Definition, f finding) (*definition.Definition, error) {
	ctx = unkeyed(ctx)
	for range versionTries {
		newest, err := c.newest(ctx, d)
		if err != nil {
			return nil, err
		}
		if newest.ID != d.ID && newest.Holds(d.Source, f.topology.Hash) {
			return newest, nil
		}
		version := newest.NextPatch()
		next, err := d.Next(versionID(d.ID, version, f.topology.Hash), version, f.content, f.topology, call.From(ctx).Actor, c.now())
		if err != nil {
			return nil, err
		}
		_, err = c.repo.Create(ctx, next)
		if failure.CodeOf(err) == "definition_exists" {
			continue // another sync took the number, perhaps for the same content
		}
		return next, err
	}
	return nil, failure.New(failure.Unavailable, repo.CodeContention, "too many make versions of %q at once; try again", d.Name)
}

// newest is the newest version that d could have grown into.
func (c *Definitions) newest(ctx context.Context, d *definition.Definition) (*definition.Definition, error) {
	var versions []*definition.Definition
	err := c.repo.Walk(ctx, store.Query{Equal: map[string][]string{FieldName: {d.Name}}}, func(v *definition.Definition, _ repo.Meta) error {
		versions = append(versions, v)
		return nil
	})
	return d.Newest(versions), err
}

// versionID is the id of the version that one version's sync makes under a number, so that a repeat makes no second one.
func versionID(from, version, topologyHash string) string {
	space := uuid.NewSHA1(uuid.NameSpaceURL, []byte("urn:lcm:definition"))
	return uuid.NewSHA1(space, []byte(from+"\x00"+version+"\x00"+topologyHash)).String()
}
