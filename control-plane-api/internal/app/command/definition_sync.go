package command

import (
	"context"
	"errors"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/topology"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/definition"
)

// RequestSync asks lablet-controller for a content sync. Codes: no_content_source, definition_deprecated.
func (c *Definitions) RequestSync(ctx context.Context, id string) (*definition.Definition, repo.Meta, error) {
	return c.repo.Update(ctx, id, func(d *definition.Definition) error {
		return d.RequestSync(call.From(ctx).Actor, c.now())
	})
}

// RecordSync stores the result of a content sync. A topology that cannot be read is recorded as the sync's failure, so
// that its author sees it, and answered as bad_topology. A topology that has changed makes a new version. The result of an
// older request than the present one changes nothing.
func (c *Definitions) RecordSync(ctx context.Context, id string, body api.ContentSyncedBody) (api.Ack, error) {
	if body.SyncStatus == definition.SyncFailed {
		return c.recordFailure(ctx, id, body.RequestedAt, body.ErrorCode, body.ErrorMessage)
	}
	read, err := readTopology([]byte(body.CMLYAMLContent))
	if err != nil {
		if _, recordErr := c.recordFailure(ctx, id, body.RequestedAt, failure.CodeOf(err), messageOf(err)); recordErr != nil {
			return api.Ack{}, recordErr
		}
		return api.Ack{}, err
	}
	if read.Hash, err = c.blobs.Put(ctx, []byte(body.CMLYAMLContent)); err != nil {
		return api.Ack{}, err
	}
	found := finding{content: contentOf(body), topology: read, requestedAt: body.RequestedAt}
	ack, err := c.update(ctx, id, func(d *definition.Definition) error {
		if !d.Answers(found.requestedAt) {
			return nil
		}
		return d.Synced(found.content, found.topology, call.From(ctx).Actor, c.now())
	})
	if failure.CodeOf(err) == definition.CodeArtifactChanged {
		return c.recordChange(ctx, id, found)
	}
	return ack, err
}

func (c *Definitions) recordFailure(ctx context.Context, id string, requestedAt *time.Time, code, message string) (api.Ack, error) {
	return c.update(ctx, id, func(d *definition.Definition) error {
		if d.Answers(requestedAt) {
			d.SyncFailed(orElse(code, "sync_failed"), message, c.now())
		}
		return nil
	})
}

func (c *Definitions) update(ctx context.Context, id string, change func(*definition.Definition) error) (api.Ack, error) {
	before := ""
	d, meta, err := c.repo.Update(ctx, id, func(d *definition.Definition) error {
		before = string(d.Status)
		return change(d)
	})
	if err != nil {
		return api.Ack{}, err
	}
	return api.Ack{
		ID: d.ID, PreviousStatus: before, CurrentStatus: string(d.Status), Version: meta.Version, Generation: meta.Generation, Changed: meta.Changed,
	}, nil
}

func contentOf(body api.ContentSyncedBody) definition.Content {
	return definition.Content{
		PackageHash: body.ContentPackageHash, CMLYAMLPath: body.CMLYAMLPath, GradeXMLPath: body.GradeXMLPath, DevicesJSON: body.DevicesJSON,
		UserVisibleDevices: body.UserVisibleDevices, HasContentXML: body.HasContentXML, UpstreamVersion: body.UpstreamVersion,
		UpstreamPublished: body.UpstreamPublished, UpstreamInstance: body.UpstreamInstance, UpstreamFormID: body.UpstreamFormID,
		UpstreamSyncStatus: body.UpstreamSyncStatus,
	}
}

// readTopology reads what a definition needs of a lab file; the hash is the blob store's to compute.
func readTopology(yaml []byte) (definition.Topology, error) {
	t, err := topology.Parse(yaml)
	if err != nil {
		return definition.Topology{}, failure.Wrap(err, failure.Invalid, "bad_topology", "The topology cannot be used: %s.", err)
	}
	requirements := t.Requirements(topology.DefaultTable(), topology.DefaultCPUOvercommit)
	return definition.Topology{Requirements: requirements, NodeCount: len(t.Nodes), Ports: t.PortTemplate(), AMI: t.AMIRequirement()}, nil
}

func messageOf(err error) string {
	if f, ok := asFailure(err); ok {
		return f.Message
	}
	return "The result could not be used."
}

func asFailure(err error) (*failure.Error, bool) { return errors.AsType[*failure.Error](err) }
