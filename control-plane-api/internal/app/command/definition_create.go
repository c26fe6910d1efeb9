package command

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/resource"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/definition"
)

// Create makes the first version of a lab. Codes: definition_exists, definition_source, bad_topology, bad_license_type,
// bad_form_qualified_name, and those of notificationOf and definition.New.
func (c *Definitions) Create(ctx context.Context, body api.CreateDefinitionBody) (*definition.Definition, repo.Meta, error) {
	draft, err := draftOf(body)
	if err != nil {
		return nil, repo.Meta{}, err
	}
	var keep bool
	if draft.Notification, keep, err = c.notificationOf(body.OwnerNotification); err != nil {
		return nil, repo.Meta{}, err
	}
	if keep {
		if draft.Notification, err = draft.Notification.Keep(nil); err != nil {
			return nil, repo.Meta{}, err
		}
	}
	topology, err := c.topologyOf(ctx, body.TopologyYAML)
	if err != nil {
		return nil, repo.Meta{}, err
	}
	return c.repo.CreateOnce(ctx, func(id string) (*definition.Definition, error) {
		draft.ID = id
		return definition.New(draft, topology, call.From(ctx).Actor, c.now())
	})
}

// topologyOf reads a lab file and stores it as a blob before anything refers to it.
func (c *Definitions) topologyOf(ctx context.Context, yaml string) (*definition.Topology, error) {
	if yaml == "" {
		return nil, nil
	}
	topology, err := readTopology([]byte(yaml))
	if err != nil {
		return nil, err
	}
	if topology.Hash, err = c.blobs.Put(ctx, []byte(yaml)); err != nil {
		return nil, err
	}
	return &topology, nil
}

func draftOf(body api.CreateDefinitionBody) (definition.Definition, error) {
	source, err := sourceOf(body)
	if err != nil {
		return definition.Definition{}, err
	}
	affinity, err := affinityOf(body.LicenseAffinity)
	if err != nil {
		return definition.Definition{}, err
	}
	d := definition.Definition{
		Name: body.Name, Version: body.Version, Source: source, LicenseAffinity: affinity,
		MaxDurationMinutes: orElse(body.MaxDurationMinutes, 60), BootLeadMinutes: body.BootLeadMinutes, WarmPoolDepth: body.WarmPoolDepth,
		GradingRulesURI: body.GradingRulesURI, CollectionEnabled: value(body.CollectionEnabled, true),
		GradingEnabled: value(body.GradingEnabled, source.FormQualifiedName != ""),
		PortTemplate:   resource.PortTemplate{Ports: body.PortDefinitions},
	}
	d.Given = definition.Given{
		CPUCores: body.CPUCores != nil, MemoryGB: body.MemoryGB != nil, StorageGB: body.StorageGB != nil,
		NodeCount: body.NodeCount != nil, Ports: body.PortDefinitions != nil,
	}
	d.NodeCount = value(body.NodeCount, 0)
	d.Requirements = resource.Requirements{
		CPUCores: value(body.CPUCores, 0), MemoryGB: value(body.MemoryGB, 0), StorageGB: value(body.StorageGB, 0),
		NestedVirt: value(body.NestedVirt, true), AMIRequirements: body.AMIRequirements,
	}
	return d, nil
}

// affinityOf reads licence types in any case; none given means that any will do.
func affinityOf(given []resource.LicenseType) ([]resource.LicenseType, error) {
	if given == nil {
		return resource.LicenseTypes(), nil
	}
	affinity := make([]resource.LicenseType, 0, len(given))
	for _, text := range given {
		l, err := resource.ParseLicenseType(string(text))
		if err != nil {
			return nil, failure.New(failure.Invalid, "bad_license_type", "%s.", err)
		}
		affinity = append(affinity, l)
	}
	return affinity, nil
}

// sourceOf reads where the content comes from. A form says it all; an artifact beside it is taken only where it lies in the
// form's bucket, since that is where LDS reads the package.
func sourceOf(body api.CreateDefinitionBody) (definition.Source, error) {
	s := definition.Source{
		FormQualifiedName: body.FormQualifiedName, ArtifactURI: body.LabArtifactURI, WantedHash: strings.ToLower(body.LabYAMLHash),
	}
	if (s.ArtifactURI == "") != (s.WantedHash == "") {
		return s, badSource("lab_artifact_uri and lab_yaml_hash go together.")
	}
	if s.ArtifactURI != "" {
		if sum, err := hex.DecodeString(s.WantedHash); err != nil || len(sum) != sha256.Size {
			return s, badSource("lab_yaml_hash must be a SHA-256 in hex.")
		}
		bucket, object, ok := definition.ParseArtifactURI(s.ArtifactURI)
		if !ok {
			return s, badSource("lab_artifact_uri must be s3://bucket/package.")
		}
		s.BucketName, s.PackageName = bucket, object
	}
	if s.FormQualifiedName == "" {
		return s, nil
	}
	if err := definition.CheckFormQualifiedName(s.FormQualifiedName); err != nil {
		return s, err
	}
	bucket, err := definition.Slug(s.FormQualifiedName)
	switch {
	case err != nil:
		return s, err
	case s.ArtifactURI == "":
		s.BucketName, s.PackageName = bucket, definition.DefaultPackageName
		s.ArtifactURI = "s3://" + bucket + "/" + definition.DefaultPackageName
	case s.BucketName != bucket:
		return s, badSource("lab_artifact_uri must lie in the form's bucket " + bucket + ", or form_qualified_name be left out.")
	}
	return s, nil
}

func badSource(message string) error {
	return failure.New(failure.Invalid, "definition_source", "%s", message)
}

func value[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}

func orElse[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}
