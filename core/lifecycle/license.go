package lifecycle

import "strings"

func equalFold(a, b string) bool { return strings.EqualFold(strings.TrimSpace(a), b) }

// LicenseStatus tells whether CML on a worker is licensed.
type LicenseStatus string

// The statuses of a licence.
const (
	LicenseUnregistered LicenseStatus = "unregistered"
	LicenseRegistered   LicenseStatus = "registered"
	LicenseEvaluation   LicenseStatus = "evaluation"
	LicenseExpired      LicenseStatus = "expired"
	LicenseInvalid      LicenseStatus = "invalid"
)

// Licenses is the table of a licence. CML reports most moves; registration and deregistration are ours.
func Licenses() Table[LicenseStatus] {
	return newTable("licence",
		Row[LicenseStatus]{LicenseUnregistered, []LicenseStatus{LicenseRegistered, LicenseEvaluation, LicenseInvalid}},
		Row[LicenseStatus]{LicenseRegistered, []LicenseStatus{LicenseUnregistered, LicenseExpired, LicenseInvalid, LicenseEvaluation}},
		Row[LicenseStatus]{LicenseEvaluation, []LicenseStatus{LicenseRegistered, LicenseUnregistered, LicenseExpired, LicenseInvalid}},
		Row[LicenseStatus]{LicenseExpired, []LicenseStatus{LicenseRegistered, LicenseUnregistered, LicenseEvaluation, LicenseInvalid}},
		Row[LicenseStatus]{LicenseInvalid, []LicenseStatus{LicenseRegistered, LicenseUnregistered, LicenseEvaluation, LicenseExpired}},
	)
}

// Good reports whether labs may be placed on a worker with this licence.
func (s LicenseStatus) Good() bool { return s == LicenseRegistered || s == LicenseEvaluation }

// LicenseOperation is what is to be done about a licence.
type LicenseOperation string

// The operations on a licence; the empty word means that none is pending.
const (
	LicenseRegister   LicenseOperation = "register"
	LicenseDeregister LicenseOperation = "deregister"
)
