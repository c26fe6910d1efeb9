package definition

import (
	"time"

	"github.com/Masterminds/semver/v3"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/aggregate"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// CodeArtifactChanged says that a sync found another topology than the version has.
const CodeArtifactChanged = "artifact_changed"

const conditionSuperseded = "Superseded"

// Next makes the version that follows this one, of the content that a sync found. It carries everything over that the author
// gave; what was summed from the topology is summed anew. It has the status of this version: what was switched off stays
// off. A version that is deprecated or gone has no next one: CodeArtifactChanged.
func (d *Definition) Next(id, version string, content Content, topology Topology, by string, now time.Time) (*Definition, error) {
	if d.Status != lifecycle.DefinitionActive && d.Status != lifecycle.DefinitionInactive {
		return nil, failure.New(failure.Conflict, CodeArtifactChanged, "The topology has changed, and no new version is made since the definition is %s.", d.Status)
	}
	next := *d
	next.Root, next.Conditions = aggregate.Root{ID: id}, nil
	next.Version, next.PreviousVersionID, next.Content = version, d.ID, content
	next.SyncRequestedAt, next.SyncRequestedBy = nil, ""
	next.CreatedBy, next.CreatedAt = by, now
	if err := next.adopt(topology); err != nil {
		return nil, err
	}
	next.synced(now)
	next.Raise(prefix+"version_created.v1", next.versionEvent(d))
	return &next, nil
}

// Supersede closes the sync that found the content of another version, and says which one. The version itself stays as it is
// and can be booked on.
func (d *Definition) Supersede(by *Definition, now time.Time) error {
	changed, err := parts.SetCondition(&d.Conditions, readmodel.Condition{
		Type: conditionSuperseded, Status: readmodel.ConditionTrue, Reason: CodeArtifactChanged,
		Message: "The content has changed; version " + by.Version + " holds what was found.",
	}, now)
	if err != nil {
		return err
	}
	if !changed && d.SyncStatus == SyncSuccess {
		return nil
	}
	d.synced(now)
	event := by.syncedEvent()
	event.AggregateID, event.NextVersionID, event.SyncedAt, event.PortTemplate = d.ID, by.ID, now, nil
	d.Raise(EventContentSynced, event)
	return nil
}

// Holds reports whether the version already is what a sync of another one found.
func (d *Definition) Holds(source Source, topologyHash string) bool {
	return d.Source == source && d.Content.TopologyHash == topologyHash
}

// Newest gives the highest of the versions that differ from this one in their patch number only; itself if there is none.
func (d *Definition) Newest(versions []*Definition) *Definition {
	newest, highest := d, d.release()
	for _, other := range versions {
		release := other.release()
		if other.Name == d.Name && release.Major() == highest.Major() && release.Minor() == highest.Minor() && release.GreaterThan(highest) {
			newest, highest = other, release
		}
	}
	return newest
}

// NextPatch is the version number that follows.
func (d *Definition) NextPatch() string {
	next := d.release().IncPatch()
	return next.String()
}

// release is the version number; New lets none in that cannot be read.
func (d *Definition) release() *semver.Version {
	release, err := semver.NewVersion(d.Version)
	if err != nil {
		return semver.New(0, 0, 0, "", "")
	}
	return release
}
