package definition

import (
	"slices"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// RequestSync asks for a content sync. Asking again while one is asked for changes nothing.
func (d *Definition) RequestSync(by string, now time.Time) error {
	if !d.Source.Remote() {
		return failure.New(failure.Invalid, "no_content_source", "The definition was made from a topology, so there is nothing to sync.")
	}
	if d.Status == lifecycle.DefinitionDeprecated || d.Status == lifecycle.DefinitionArchived || d.Status == lifecycle.DefinitionDeleted {
		return failure.New(failure.Conflict, "definition_deprecated", "The definition is %s.", d.Status)
	}
	if d.SyncStatus == SyncRequested {
		return nil
	}
	d.SyncStatus, d.SyncRequestedAt, d.SyncRequestedBy, d.UpdatedAt = SyncRequested, &now, by, now
	d.Raise(prefix+"sync_requested.v1", syncRequested{
		AggregateID: d.ID, AggregateType: "lablet_definition", FormQualifiedName: d.Source.FormQualifiedName, BucketName: d.Source.BucketName,
		PackageName: d.Source.PackageName, RequestedBy: by, RequestedAt: now,
	})
	return nil
}

// Answers reports whether the result of a sync that was asked for at a time is awaited still; nil stands for any request.
// The late result of an older request must not close a newer one: the package may have changed in between.
func (d *Definition) Answers(requestedAt *time.Time) bool {
	return requestedAt == nil || parts.SameTime(requestedAt, d.SyncRequestedAt)
}

// SyncFailed records that the asked-for sync failed. The request stays open, so that it is tried again with back-off. A
// failure of a sync that nobody waits for changes nothing.
func (d *Definition) SyncFailed(code, message string, now time.Time) {
	reason := code + ": " + message
	if d.SyncStatus != SyncRequested || d.SyncError == reason {
		return
	}
	d.SyncError, d.UpdatedAt = reason, now
	d.Note(EventContentSynced, contentSynced{
		AggregateID: d.ID, LabArtifactURI: d.Source.ArtifactURI, SyncStatus: SyncFailed, ErrorMessage: reason, SyncedAt: now,
	})
}

// Synced records a successful sync: a definition that waited for it becomes active. A version's topology never changes:
// another hash on one that has been synced is refused with CodeArtifactChanged, and Next makes a version of what was found.
func (d *Definition) Synced(content Content, topology Topology, by string, now time.Time) error {
	if d.Source.WantedHash != "" && d.Source.WantedHash != topology.Hash {
		return failure.New(failure.Invalid, "hash_mismatch", "The topology's hash is %s, not %s as the definition says.", topology.Hash, d.Source.WantedHash)
	}
	if d.Status != lifecycle.DefinitionPendingSync {
		if d.Content.TopologyHash != topology.Hash {
			return failure.New(failure.Conflict, CodeArtifactChanged, "The topology has changed since this version was synced.")
		}
		if d.SyncStatus == SyncSuccess && d.Content.PackageHash == content.PackageHash {
			return nil
		}
	}
	next := *d
	next.Content = content
	if err := next.adopt(topology); err != nil {
		return err
	}
	next.synced(now)
	next.Conditions = slices.DeleteFunc(slices.Clone(d.Conditions), func(c readmodel.Condition) bool { return c.Type == conditionSuperseded })
	next.Raise(EventContentSynced, next.syncedEvent())
	if next.Status == lifecycle.DefinitionPendingSync {
		next.Status = lifecycle.DefinitionActive
		next.Raise(prefix+"activated.v1", activated{AggregateID: d.ID, ActivatedBy: by, ActivatedAt: now})
	}
	*d = next
	return nil
}

// synced closes the request.
func (d *Definition) synced(now time.Time) {
	d.SyncStatus, d.SyncError, d.LastSyncedAt, d.UpdatedAt = SyncSuccess, "", &now, now
}

func (d *Definition) syncedEvent() contentSynced {
	return contentSynced{
		AggregateID: d.ID, LabArtifactURI: d.Source.ArtifactURI, LabYAMLHash: d.Content.TopologyHash, PackageHash: d.Content.PackageHash,
		SyncStatus: SyncSuccess, GradeXMLPath: d.Content.GradeXMLPath, CMLYAMLPath: d.Content.CMLYAMLPath,
		UpstreamVersion: d.Content.UpstreamVersion, UpstreamPublished: d.Content.UpstreamPublished,
		UpstreamInstance: d.Content.UpstreamInstance, UpstreamFormID: d.Content.UpstreamFormID, PortTemplate: &d.PortTemplate,
		SyncedAt: d.UpdatedAt,
	}
}

// Bookable says why no instance may be booked from the definition now; nil when one may.
func (d *Definition) Bookable() error {
	switch d.Status {
	case lifecycle.DefinitionActive:
		return nil
	case lifecycle.DefinitionPendingSync:
		return failure.New(failure.Conflict, "definition_not_synced", "The definition's content has not been synced yet.")
	default:
		return failure.New(failure.Conflict, "definition_not_active", "The definition is %s.", d.Status)
	}
}
