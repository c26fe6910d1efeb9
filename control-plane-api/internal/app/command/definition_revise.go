package command

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/definition"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// Update changes a definition: what says nothing about the lab in place, everything else by a new version, which is answered.
// Codes: definition_not_found, nothing_to_change, definition_deprecated, definition_not_synced, version_changed,
// definition_exists, definition_source, bad_topology, and those of notificationOf and definition.New.
func (c *Definitions) Update(ctx context.Context, req api.ReviseDefinition) (*definition.Definition, repo.Meta, error) {
	changes, err := c.changesOf(req.Body)
	if err != nil {
		return nil, repo.Meta{}, err
	}
	switch {
	case changes.Lab() || req.Body.TopologyYAML != "" || req.Body.Version != "":
		return c.revise(ctx, req, changes)
	case !changes.Notes():
		return nil, repo.Meta{}, failure.New(failure.Invalid, "nothing_to_change", "The request names nothing that is to be different.")
	}
	return c.repo.Update(ctx, req.ID, func(d *definition.Definition) error { return d.Annotate(changes, c.act(ctx)) })
}

// CreateVersion makes the version that follows a definition, with changes or without. Codes: those of Update.
func (c *Definitions) CreateVersion(ctx context.Context, req api.ReviseDefinition) (*definition.Definition, repo.Meta, error) {
	changes, err := c.changesOf(req.Body)
	if err != nil {
		return nil, repo.Meta{}, err
	}
	return c.revise(ctx, req, changes)
}

// revise makes a version. A repeat finds the one that was made: its id derives from what was asked for.
func (c *Definitions) revise(ctx context.Context, req api.ReviseDefinition, changes definition.Changes) (*definition.Definition, repo.Meta, error) {
	d, meta, err := c.repo.Get(ctx, req.ID)
	if err != nil {
		return nil, repo.Meta{}, err
	}
	topology, err := c.topologyOf(ctx, req.Body.TopologyYAML)
	if err != nil {
		return nil, repo.Meta{}, err
	}
	wanted := digest(req.Body)
	for range versionTries {
		newest, err := c.newest(ctx, d)
		if err != nil {
			return nil, repo.Meta{}, err
		}
		version := orElse(req.Body.Version, newest.NextPatch())
		next, err := d.Revise(versionID(d.ID, version, wanted), version, changes, topology, call.From(ctx).Actor, c.now())
		if err != nil {
			return nil, repo.Meta{}, err
		}
		if made, meta, found, err := c.made(ctx, next, newest, req.Body.Version); found || err != nil {
			return made, meta, err
		}
		if !call.From(ctx).Takes(meta.Version) {
			return nil, repo.Meta{}, failure.New(failure.Precondition, repo.CodeVersionChanged, "The definition has changed since it was read.")
		}
		meta, err := c.repo.Create(call.AtVersion(unkeyed(ctx), 0), next)
		if failure.CodeOf(err) == "definition_exists" && req.Body.Version == "" {
			continue // another change took the number
		}
		return next, meta, err
	}
	return nil, repo.Meta{}, failure.New(failure.Unavailable, repo.CodeContention, "too many make versions of %q at once; try again", d.Name)
}

// made finds the version that an earlier try of the same request made: under the number that was asked for, or as the newest.
func (c *Definitions) made(ctx context.Context, next, newest *definition.Definition, version string) (*definition.Definition, repo.Meta, bool, error) {
	id := next.ID
	if version == "" {
		if newest.ID == next.PreviousVersionID || !newest.SameLab(next) {
			return nil, repo.Meta{}, false, nil
		}
		id = newest.ID
	}
	d, meta, err := c.repo.Get(ctx, id)
	if failure.Is(err, failure.NotFound) {
		return nil, repo.Meta{}, false, nil
	}
	return d, meta, err == nil, err
}

// changesOf reads what an author wants to be different.
func (c *Definitions) changesOf(body api.ReviseDefinitionBody) (changes definition.Changes, err error) {
	changes = definition.Changes{
		CPUCores: body.CPUCores, MemoryGB: body.MemoryGB, StorageGB: body.StorageGB, NodeCount: body.NodeCount,
		MaxDurationMinutes: body.MaxDurationMinutes, NestedVirt: body.NestedVirt, CollectionEnabled: body.CollectionEnabled,
		GradingEnabled: body.GradingEnabled, AMI: body.AMIRequirements, Ports: body.PortDefinitions, GradingRulesURI: body.GradingRulesURI,
		BootLeadMinutes: body.BootLeadMinutes, WarmPoolDepth: body.WarmPoolDepth,
	}
	if changes.Notification, changes.KeepSecret, err = c.notificationOf(body.OwnerNotification); err != nil {
		return changes, err
	}
	if body.LicenseAffinity != nil {
		changes.LicenseAffinity, err = affinityOf(body.LicenseAffinity)
	}
	return changes, err
}

// digest tells requests apart that ask for different versions under the same number.
func digest(body api.ReviseDefinitionBody) string {
	sum := sha256.New()
	// Encoding a body that was decoded cannot fail, and neither does writing to a hash.
	_ = json.NewEncoder(sum).Encode(body)
	return hex.EncodeToString(sum.Sum(nil))
}

// act is the caller's side of what a verb does.
func (c *Definitions) act(ctx context.Context) parts.Act {
	caller := call.From(ctx)
	return parts.Act{By: caller.Actor, Reason: caller.Reason, At: c.now()}
}
