package resource

import (
	"fmt"
	"slices"

	"github.com/Masterminds/semver/v3"
)

// AMIRequirement is what a lab asks of the CML on a worker. Versions are compared as semantic versions, so 2.10 is
// above 2.9. What a worker has not told yet counts as not there.
type AMIRequirement struct {
	CMLVersionMin            string   `json:"cml_version_min,omitempty"`
	CMLVersionMax            string   `json:"cml_version_max,omitempty"`
	NodeDefinitionsRequired  []string `json:"node_definitions_required,omitempty"`
	ImageDefinitionsRequired []string `json:"image_definitions_required,omitempty"`
}

// Installation is what a worker has told about its CML.
type Installation struct {
	CMLVersion       string
	NodeDefinitions  []string
	ImageDefinitions []string
}

// Validate reports a bound that is no version, and bounds that leave no version between them.
func (a AMIRequirement) Validate() error {
	var bounds []*semver.Version
	for _, bound := range []string{a.CMLVersionMin, a.CMLVersionMax} {
		if bound == "" {
			continue
		}
		v, err := semver.NewVersion(bound)
		if err != nil {
			return fmt.Errorf("the required CML version %q is not a version such as 2.9.0", bound)
		}
		bounds = append(bounds, v)
	}
	if len(bounds) == 2 && bounds[1].LessThan(bounds[0]) {
		return fmt.Errorf("no CML version is at least %s and at most %s", a.CMLVersionMin, a.CMLVersionMax)
	}
	return nil
}

// Refusal says why an installation does not do, empty when it does.
func (a AMIRequirement) Refusal(has Installation) string {
	if reason := a.versionRefusal(has.CMLVersion); reason != "" {
		return reason
	}
	if reason := missing("node definition", a.NodeDefinitionsRequired, has.NodeDefinitions); reason != "" {
		return reason
	}
	return missing("image definition", a.ImageDefinitionsRequired, has.ImageDefinitions)
}

func (a AMIRequirement) versionRefusal(has string) string {
	if a.CMLVersionMin == "" && a.CMLVersionMax == "" {
		return ""
	}
	version, err := semver.NewVersion(has)
	if err != nil {
		return "the CML version of the worker is not known"
	}
	if refusal := beyond(a.CMLVersionMin, func(low *semver.Version) bool { return version.LessThan(low) }, has, "older"); refusal != "" {
		return refusal
	}
	return beyond(a.CMLVersionMax, func(high *semver.Version) bool { return version.GreaterThan(high) }, has, "newer")
}

// beyond compares with one bound. A bound that is no version refuses: nobody can tell what it means.
func beyond(bound string, outside func(*semver.Version) bool, has, how string) string {
	if bound == "" {
		return ""
	}
	limit, err := semver.NewVersion(bound)
	if err != nil {
		return fmt.Sprintf("the required CML version %q is not a version", bound)
	}
	if outside(limit) {
		return fmt.Sprintf("CML %s is %s than %s", has, how, bound)
	}
	return ""
}

func missing(what string, required, has []string) string {
	for _, id := range required {
		if !slices.Contains(has, id) {
			return fmt.Sprintf("the worker has no %s %q", what, id)
		}
	}
	return ""
}
