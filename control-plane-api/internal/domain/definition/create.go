package definition

import (
	"slices"
	"strings"
	"time"

	"github.com/Masterminds/semver/v3"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// New makes the first version of a lab from a draft that holds everything the author gave. With a topology it is active at
// once; with a remote source it waits for its first content sync. Codes: bad_name, bad_version, bad_duration,
// definition_source, bad_requirements, bad_ports, too_many_nodes, lab_too_large.
func New(draft Definition, topology *Topology, by string, now time.Time) (*Definition, error) {
	d := draft
	if err := d.checkDraft(topology != nil); err != nil {
		return nil, err
	}
	d.CreatedBy, d.CreatedAt, d.UpdatedAt = by, now, now
	d.Given.AMI = d.Requirements.AMIRequirements
	if topology != nil {
		if err := d.adopt(*topology); err != nil {
			return nil, err
		}
		d.Status = lifecycle.DefinitionActive
	} else {
		if err := d.checkGiven(); err != nil {
			return nil, err
		}
		d.Status = lifecycle.DefinitionPendingSync
		d.Source.PackageName = packageName(d.Source.PackageName)
		d.SyncStatus, d.SyncRequestedAt, d.SyncRequestedBy = SyncRequested, &now, by
	}
	d.Raise(prefix+"created.v1", created{
		AggregateID: d.ID, Name: d.Name, Version: d.Version, LabArtifactURI: d.Source.ArtifactURI, LabYAMLHash: d.Content.TopologyHash,
		Requirements: d.Requirements, LicenseAffinity: d.LicenseAffinity, NodeCount: d.NodeCount, PortTemplate: d.PortTemplate,
		GradingRulesURI: d.GradingRulesURI, MaxDurationMinutes: d.MaxDurationMinutes, WarmPoolDepth: d.WarmPoolDepth,
		BootLeadMinutes: d.BootLeadMinutes, FormQualifiedName: d.Source.FormQualifiedName, BucketName: d.Source.BucketName,
		PackageName: d.Source.PackageName, CreatedBy: by, CreatedAt: now,
	})
	return &d, nil
}

// checkDraft checks what does not depend on the topology.
func (d *Definition) checkDraft(hasTopology bool) error {
	if strings.TrimSpace(d.Name) == "" {
		return failure.New(failure.Invalid, "bad_name", "A definition needs a name.")
	}
	if _, err := semver.NewVersion(d.Version); err != nil {
		return failure.New(failure.Invalid, "bad_version", "%q is not a semantic version such as 1.0.0.", d.Version)
	}
	if d.MaxDurationMinutes < 1 {
		return failure.New(failure.Invalid, "bad_duration", "A lab lasts at least a minute, not %d.", d.MaxDurationMinutes)
	}
	if hasTopology == d.Source.Remote() {
		return failure.New(failure.Invalid, "definition_source",
			"A definition needs exactly one source: form_qualified_name, lab_artifact_uri with lab_yaml_hash, or topology_yaml.")
	}
	return nil
}

// checkGiven checks the author's figures before there is a topology: with the smallest one there is, nothing but they can be
// wrong. So a definition that no sync could ever fill is refused at once.
func (d *Definition) checkGiven() error {
	probe := *d
	return probe.adopt(Topology{Requirements: resource.Requirements{CPUCores: 1, MemoryGB: 1, StorageGB: 1}, NodeCount: 1})
}

func packageName(name string) string {
	if name == "" {
		return DefaultPackageName
	}
	return name
}

// adopt takes what a topology tells, where the author did not give figures. After an error the definition is half changed:
// callers work on a copy.
func (d *Definition) adopt(t Topology) error {
	d.Content.TopologyHash = t.Hash
	if !d.Given.CPUCores {
		d.Requirements.CPUCores = t.Requirements.CPUCores
	}
	if !d.Given.MemoryGB {
		d.Requirements.MemoryGB = t.Requirements.MemoryGB
	}
	if !d.Given.StorageGB {
		d.Requirements.StorageGB = t.Requirements.StorageGB
	}
	if !d.Given.NodeCount {
		d.NodeCount = t.NodeCount
	}
	if !d.Given.Ports {
		d.PortTemplate = t.Ports
	}
	d.TopologyNeeds = t.AMI
	return d.settle()
}

// settle sums up what is asked of a worker, and checks what the lab has come to.
func (d *Definition) settle() error {
	d.Requirements.AMIRequirements = slices.Clone(d.Given.AMI)
	if len(d.TopologyNeeds.NodeDefinitionsRequired)+len(d.TopologyNeeds.ImageDefinitionsRequired) > 0 {
		d.Requirements.AMIRequirements = append(d.Requirements.AMIRequirements, d.TopologyNeeds)
	}
	if err := d.Requirements.Validate(); err != nil {
		return failure.New(failure.Invalid, "bad_requirements", "%s.", err)
	}
	if err := d.PortTemplate.Validate(); err != nil {
		return failure.New(failure.Invalid, "bad_ports", "%s.", err)
	}
	return d.withinLimits()
}

// The limits of a lab: what the largest template can hold.
const (
	maxNodes    = 500
	maxCPUCores = 192
	maxMemoryGB = 768
)

func (d *Definition) withinLimits() error {
	if d.NodeCount < 1 || d.NodeCount > maxNodes {
		return failure.New(failure.Invalid, "too_many_nodes", "A lab has between 1 and %d nodes, not %d.", maxNodes, d.NodeCount)
	}
	if d.Requirements.CPUCores > maxCPUCores || d.Requirements.MemoryGB > maxMemoryGB {
		return failure.New(failure.Invalid, "lab_too_large", "A lab needs at most %d vCPU and %d GiB, not %d and %d.",
			maxCPUCores, maxMemoryGB, d.Requirements.CPUCores, d.Requirements.MemoryGB)
	}
	return nil
}
