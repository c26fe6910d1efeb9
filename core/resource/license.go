package resource

import (
	"fmt"
	"slices"
	"strings"
)

// LicenseType is a kind of CML licence.
type LicenseType string

// The licence types.
const (
	LicensePersonal   LicenseType = "personal"
	LicenseEnterprise LicenseType = "enterprise"
	LicenseEvaluation LicenseType = "evaluation"
)

// LicenseTypes lists all of them.
func LicenseTypes() []LicenseType {
	return []LicenseType{LicensePersonal, LicenseEnterprise, LicenseEvaluation}
}

// ParseLicenseType reads a licence type, whatever its case.
func ParseLicenseType(text string) (LicenseType, error) {
	want := LicenseType(strings.ToLower(strings.TrimSpace(text)))
	if slices.Contains(LicenseTypes(), want) {
		return want, nil
	}
	return "", fmt.Errorf("%q is not a licence type", text)
}

// Covers reports whether a worker with this licence may run a lab that asks for one of affinity; no affinity asks for
// nothing. Enterprise covers personal; evaluation covers only itself.
func (l LicenseType) Covers(affinity []LicenseType) bool {
	if len(affinity) == 0 {
		return true
	}
	for _, want := range affinity {
		if l == want || (l == LicenseEnterprise && want == LicensePersonal) {
			return true
		}
	}
	return false
}

// NodeLimit is how many lab nodes the licence allows at once; ok is false where only CML can tell.
func (l LicenseType) NodeLimit() (nodes int, ok bool) {
	if l == LicensePersonal {
		return 20, true
	}
	return 0, false
}
