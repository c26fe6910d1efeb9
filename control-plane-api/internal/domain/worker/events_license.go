package worker

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// licenseEvent names an event of an operation, such as cml_worker.license.registration.started.v1.
func licenseEvent(op lifecycle.LicenseOperation, suffix string) string {
	word := licenseWordRegistration
	if op == lifecycle.LicenseDeregister {
		word = licenseWordDeregistration
	}
	return licenseEventPrefix + word + suffix
}

type licenseUpdated struct {
	base
	Status    string                    `json:"license_status"`
	Type      string                    `json:"license_type,omitempty"`
	NodeLimit *int                      `json:"node_limit,omitempty"`
	Info      *readmodel.CMLLicenseInfo `json:"license_info,omitempty"`
	UpdatedAt time.Time                 `json:"updated_at"`
}

// licenseRequested leaves the token of the Python system's event out.
type licenseRequested struct {
	base
	WorkerID    string    `json:"worker_id"`
	Reregister  bool      `json:"reregister"`
	RequestedAt time.Time `json:"requested_at"`
	InitiatedBy string    `json:"initiated_by"`
}

type licenseStarted struct {
	base
	WorkerID    string    `json:"worker_id"`
	StartedAt   time.Time `json:"started_at"`
	InitiatedBy string    `json:"initiated_by"`
}

type licenseCompleted struct {
	base
	WorkerID           string    `json:"worker_id"`
	RegistrationStatus string    `json:"registration_status"`
	SmartAccount       string    `json:"smart_account,omitempty"`
	VirtualAccount     string    `json:"virtual_account,omitempty"`
	Message            string    `json:"message,omitempty"`
	CompletedAt        time.Time `json:"completed_at"`
}

type licenseFailed struct {
	base
	WorkerID     string     `json:"worker_id"`
	ErrorMessage string     `json:"error_message"`
	ErrorCode    string     `json:"error_code,omitempty"`
	Attempts     int        `json:"attempts"`
	GivenUp      bool       `json:"given_up"`
	NextTry      *time.Time `json:"next_try,omitempty"`
	FailedAt     time.Time  `json:"failed_at"`
}

type seatEvent struct {
	base
	License string    `json:"license"`
	At      time.Time `json:"at"`
}
