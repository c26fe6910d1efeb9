package seed

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/resource"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
)

// Definitions seeds definitions.
type Definitions struct {
	Commands *command.Definitions
}

type definitionFile struct {
	ID                string `yaml:"id"`
	Name              string `yaml:"name"`
	Version           string `yaml:"version"`
	Description       string `yaml:"description"`
	FormQualifiedName string `yaml:"form_qualified_name"`
	LabArtifactURI    string `yaml:"lab_artifact_uri"`
	LabYAMLHash       string `yaml:"lab_yaml_hash"`
	TopologyYAML      string `yaml:"topology_yaml"`
	GradingRulesURI   string `yaml:"grading_rules_uri"`
	CreatedBy         string `yaml:"created_by"`
	Requirements      *struct {
		CPUCores        *int  `yaml:"cpu_cores"`
		MemoryGB        *int  `yaml:"memory_gb"`
		StorageGB       *int  `yaml:"storage_gb"`
		NestedVirt      *bool `yaml:"nested_virt"`
		AMIRequirements []struct {
			CMLVersionMin           string   `yaml:"cml_version_min"`
			CMLVersionMax           string   `yaml:"cml_version_max"`
			NodeDefinitionsRequired []string `yaml:"node_definitions_required"`
		} `yaml:"ami_requirements"`
	} `yaml:"resource_requirements"`
	NodeCount       *int     `yaml:"node_count"`
	LicenseAffinity []string `yaml:"license_affinity"`
	PortTemplate    *struct {
		Ports []struct {
			Name        string `yaml:"name"`
			Protocol    string `yaml:"protocol"`
			Description string `yaml:"description"`
		} `yaml:"ports"`
	} `yaml:"port_template"`
	MaxDurationMinutes int      `yaml:"max_duration_minutes"`
	WarmPoolDepth      int      `yaml:"warm_pool_depth"`
	BootLeadMinutes    *float64 `yaml:"boot_lead_time_minutes"`
	CollectionEnabled  *bool    `yaml:"collection_enabled"`
	GradingEnabled     *bool    `yaml:"grading_enabled"`
}

// Folder implements Seeder.
func (Definitions) Folder() string { return "lablet_definitions" }

// Seed implements Seeder.
func (s Definitions) Seed(ctx context.Context, file []byte) (bool, error) {
	var f definitionFile
	if err := decode(file, &f); err != nil {
		return false, err
	}
	_, _, err := s.Commands.Create(ctx, f.body())
	return created(err)
}

func (f definitionFile) body() api.CreateDefinitionBody {
	body := api.CreateDefinitionBody{
		Name: f.Name, Version: f.Version, FormQualifiedName: f.FormQualifiedName, LabArtifactURI: f.LabArtifactURI, LabYAMLHash: f.LabYAMLHash,
		TopologyYAML: f.TopologyYAML, GradingRulesURI: f.GradingRulesURI, NodeCount: f.NodeCount, MaxDurationMinutes: f.MaxDurationMinutes,
		WarmPoolDepth: f.WarmPoolDepth, BootLeadMinutes: f.BootLeadMinutes, CollectionEnabled: f.CollectionEnabled, GradingEnabled: f.GradingEnabled,
	}
	for _, l := range f.LicenseAffinity {
		body.LicenseAffinity = append(body.LicenseAffinity, resource.LicenseType(l))
	}
	if f.PortTemplate != nil {
		body.PortDefinitions = []resource.PortDefinition{}
		for _, p := range f.PortTemplate.Ports {
			protocol := p.Protocol
			if protocol == "" {
				protocol = "tcp"
			}
			body.PortDefinitions = append(body.PortDefinitions, resource.PortDefinition{Name: p.Name, Protocol: protocol, Description: p.Description})
		}
	}
	f.addRequirements(&body)
	return body
}

func (f definitionFile) addRequirements(body *api.CreateDefinitionBody) {
	r := f.Requirements
	if r == nil {
		return
	}
	body.CPUCores, body.MemoryGB, body.StorageGB, body.NestedVirt = r.CPUCores, r.MemoryGB, r.StorageGB, r.NestedVirt
	for _, a := range r.AMIRequirements {
		body.AMIRequirements = append(body.AMIRequirements, resource.AMIRequirement{
			CMLVersionMin: a.CMLVersionMin, CMLVersionMax: a.CMLVersionMax, NodeDefinitionsRequired: a.NodeDefinitionsRequired,
		})
	}
}
