package definition

import (
	"bytes"
	"encoding/json"
	"reflect"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/resource"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/aggregate"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// Changes is what an author wants to be different; what is nil stays.
type Changes struct {
	CPUCores, MemoryGB, StorageGB, NodeCount, MaxDurationMinutes *int

	NestedVirt, CollectionEnabled, GradingEnabled *bool

	AMI             []resource.AMIRequirement
	LicenseAffinity []resource.LicenseType
	Ports           []resource.PortDefinition
	GradingRulesURI *string
	BootLeadMinutes *float64

	// WarmPoolDepth and Notification say nothing about the lab: they are changed in place.
	WarmPoolDepth *int
	Notification  *Notification
	// KeepSecret lets the Notification have the webhook's secret that there is.
	KeepSecret bool
}

// Notes reports whether something is to be changed in place.
func (c Changes) Notes() bool { return c.WarmPoolDepth != nil || c.Notification != nil }

// Lab reports whether the lab itself is to be changed, which makes a new version.
func (c Changes) Lab() bool {
	c.WarmPoolDepth, c.Notification, c.KeepSecret = nil, nil, false
	return !reflect.ValueOf(c).IsZero()
}

// Annotate changes in place what says nothing about the lab. Codes: definition_deprecated, bad_webhook_secret.
func (d *Definition) Annotate(c Changes, act parts.Act) error {
	if err := d.changeable(); err != nil {
		return err
	}
	next, err := d.notified(c)
	if err != nil {
		return err
	}
	if c.WarmPoolDepth != nil && *c.WarmPoolDepth != d.WarmPoolDepth {
		d.Raise(prefix+"warm_pool_updated.v1", warmPoolUpdated{
			AggregateID: d.ID, OldDepth: d.WarmPoolDepth, NewDepth: *c.WarmPoolDepth, UpdatedBy: act.By, UpdatedAt: act.At,
		})
		d.WarmPoolDepth, d.UpdatedAt = *c.WarmPoolDepth, act.At
	}
	if !reflect.DeepEqual(next, d.Notification) {
		d.Notification, d.UpdatedAt = next, act.At
		d.Raise(prefix+"updated.v1", updated{
			AggregateID: d.ID, Changes: map[string]any{"owner_notification": d.Notification.told()}, UpdatedBy: act.By, UpdatedAt: act.At,
		})
	}
	return nil
}

// Revise makes the version that follows this one with an author's changes; everything else is carried over. A topology
// replaces the one that the definition was made from. The new version has the status of this one. Codes:
// definition_deprecated, definition_not_synced, definition_source, bad_webhook_secret, and those of New.
func (d *Definition) Revise(id, version string, c Changes, topology *Topology, by string, now time.Time) (*Definition, error) {
	if err := d.changeable(); err != nil {
		return nil, err
	}
	if d.Status == lifecycle.DefinitionPendingSync {
		return nil, d.Bookable()
	}
	if topology != nil && d.Source.Remote() {
		return nil, failure.New(failure.Invalid, "definition_source", "The definition's topology comes from its content package.")
	}
	next := *d
	next.Root, next.Conditions = aggregate.Root{ID: id}, nil
	next.Version, next.PreviousVersionID = version, d.ID
	next.CreatedBy, next.CreatedAt, next.UpdatedAt = by, now, now
	if err := next.apply(c); err != nil {
		return nil, err
	}
	if err := next.checkDraft(!d.Source.Remote()); err != nil {
		return nil, err
	}
	if err := next.take(topology); err != nil {
		return nil, err
	}
	next.Raise(prefix+"version_created.v1", next.versionEvent(d))
	return &next, nil
}

// take adopts another topology, or settles what was changed without one.
func (d *Definition) take(topology *Topology) error {
	if topology == nil {
		return d.settle()
	}
	d.Content = Content{}
	return d.adopt(*topology)
}

// apply lays the changes over a copy of a definition. What an author gives is not summed from the topology any more.
func (d *Definition) apply(c Changes) (err error) {
	set(&d.Requirements.CPUCores, &d.Given.CPUCores, c.CPUCores)
	set(&d.Requirements.MemoryGB, &d.Given.MemoryGB, c.MemoryGB)
	set(&d.Requirements.StorageGB, &d.Given.StorageGB, c.StorageGB)
	set(&d.NodeCount, &d.Given.NodeCount, c.NodeCount)
	if c.Ports != nil {
		d.PortTemplate, d.Given.Ports = resource.PortTemplate{Ports: c.Ports}, true
	}
	if c.AMI != nil {
		d.Given.AMI = c.AMI
	}
	if c.LicenseAffinity != nil {
		d.LicenseAffinity = c.LicenseAffinity
	}
	if c.BootLeadMinutes != nil {
		d.BootLeadMinutes = c.BootLeadMinutes
	}
	set(&d.MaxDurationMinutes, nil, c.MaxDurationMinutes)
	set(&d.Requirements.NestedVirt, nil, c.NestedVirt)
	set(&d.CollectionEnabled, nil, c.CollectionEnabled)
	set(&d.GradingEnabled, nil, c.GradingEnabled)
	set(&d.GradingRulesURI, nil, c.GradingRulesURI)
	set(&d.WarmPoolDepth, nil, c.WarmPoolDepth)
	d.Notification, err = d.notified(c)
	return err
}

func set[T any](field *T, given *bool, value *T) {
	if value == nil {
		return
	}
	*field = *value
	if given != nil {
		*given = true
	}
}

// SameLab reports whether two versions differ in nothing but their identity: then a repeated request has been answered.
func (d *Definition) SameLab(other *Definition) bool {
	mine, err := d.lab()
	if err != nil {
		return false
	}
	others, err := other.lab()
	return err == nil && bytes.Equal(mine, others)
}

// lab is the version without its identity, as it is stored: so an empty list and none are the same.
func (d *Definition) lab() ([]byte, error) {
	lab := *d
	lab.Root, lab.Version, lab.CreatedBy, lab.CreatedAt, lab.UpdatedAt = aggregate.Root{}, "", "", time.Time{}, time.Time{}
	return json.Marshal(lab)
}

func (d *Definition) changeable() error {
	switch d.Status {
	case lifecycle.DefinitionDeprecated, lifecycle.DefinitionArchived, lifecycle.DefinitionDeleted:
		return failure.New(failure.Invalid, "definition_deprecated", "The definition is %s.", d.Status)
	default:
		return nil
	}
}

func (d *Definition) versionEvent(previous *Definition) versionCreated {
	return versionCreated{
		AggregateID: d.ID, Name: d.Name, Version: d.Version, PreviousVersion: previous.Version, PreviousVersionID: previous.ID,
		LabArtifactURI: d.Source.ArtifactURI, LabYAMLHash: d.Content.TopologyHash, Requirements: d.Requirements, NodeCount: d.NodeCount,
		PortTemplate: d.PortTemplate, CreatedBy: d.CreatedBy, CreatedAt: d.CreatedAt,
	}
}
