package worker

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// License is the licence of a worker's CML and what is to be done about it.
type License struct {
	Status    lifecycle.LicenseStatus `json:"status"`
	Type      resource.LicenseType    `json:"type,omitempty"`
	NodeLimit *int                    `json:"node_limit,omitempty"`
	// Name is the entry of the licence file that the worker registers with.
	Name string `json:"name,omitempty"`
	// Seat is the entry of which the worker holds a seat, from before the token is fetched until CML has given it back.
	Seat string `json:"seat,omitempty"`
	// Asked tells that the API asked for a registration when CML first was ready without a licence.
	Asked            bool                       `json:"asked,omitempty"`
	PendingOperation lifecycle.LicenseOperation `json:"pending_operation,omitempty"`
	InProgress       bool                       `json:"operation_in_progress,omitempty"`
	Reregister       bool                       `json:"reregister,omitempty"`
	Attempts         int                        `json:"attempts,omitempty"`
	LastError        string                     `json:"last_error,omitempty"`
	NextTry          *time.Time                 `json:"next_try,omitempty"`
	SmartAccount     string                     `json:"smart_account,omitempty"`
	VirtualAccount   string                     `json:"virtual_account,omitempty"`
	// Info is what CML said last, in its words; nil before it has.
	Info *readmodel.CMLLicenseInfo `json:"info,omitempty"`
	// Done is how the last operation ended.
	Done *LicenseDone `json:"done,omitempty"`
}

// LicenseDone is how an operation on the licence ended.
type LicenseDone struct {
	Operation lifecycle.LicenseOperation `json:"operation"`
	OK        bool                       `json:"ok"`
	// Cancelled tells that it was called off before it began.
	Cancelled bool      `json:"cancelled,omitempty"`
	Message   string    `json:"message,omitempty"`
	At        time.Time `json:"at"`
}
