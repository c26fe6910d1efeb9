package definition

import (
	"github.com/Masterminds/semver/v3"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// Model is the definition's read model; version and generation are filled by whoever stores it.
func (d *Definition) Model(version, generation int64) readmodel.Definition {
	return readmodel.Definition{
		ID: d.ID, Version: version, Generation: generation, Name: d.Name, Release: d.Version, Status: d.Status,
		FormQualifiedName: d.Source.FormQualifiedName, BucketName: d.Source.BucketName, LabArtifactURI: d.Source.ArtifactURI,
		PackageName: d.Source.PackageName, TopologyHash: d.Content.TopologyHash, PackageHash: d.Content.PackageHash,
		SyncStatus: d.SyncStatus, SyncRequestedAt: d.SyncRequestedAt, SyncError: d.SyncError, Requirements: d.Requirements,
		LicenseAffinity: d.LicenseAffinity, NodeCount: d.NodeCount, PortTemplate: d.PortTemplate, MaxDurationMinutes: d.MaxDurationMinutes,
		BootLeadMinutes: d.BootLeadMinutes, WarmPoolDepth: d.WarmPoolDepth, GradingRulesURI: d.GradingRulesURI,
		GradeXMLPath: d.Content.GradeXMLPath, UserVisibleDevices: d.Content.UserVisibleDevices, FilterDevices: d.Content.HasContentXML,
		CollectionEnabled: d.CollectionEnabled, GradingEnabled: d.GradingEnabled, Conditions: d.Conditions,
		CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt,
	}
}

// Unique is the value that no two definitions share: 1.0 and v1.0.0 are the same version of a lab.
func (d *Definition) Unique() string {
	version := d.Version
	if parsed, err := semver.NewVersion(version); err == nil {
		version = parsed.String()
	}
	return d.Name + "@" + version
}
