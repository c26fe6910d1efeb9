package api

import (
	"net/http"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// Worker is a worker as people see it. No licence token is ever in it.
type Worker struct {
	ID                 string                  `json:"id"`
	Name               string                  `json:"name"`
	AWSRegion          string                  `json:"aws_region"`
	AWSInstanceID      string                  `json:"aws_instance_id,omitempty"`
	InstanceType       string                  `json:"instance_type"`
	TemplateName       string                  `json:"template_name,omitempty"`
	StateVersion       int64                   `json:"state_version"`
	CreatedBy          string                  `json:"created_by,omitempty"`
	Status             lifecycle.WorkerStatus  `json:"status"`
	DesiredStatus      lifecycle.WorkerStatus  `json:"desired_status"`
	ServiceStatus      lifecycle.ServiceStatus `json:"service_status"`
	Placeable          bool                    `json:"placeable"`
	NotPlaceable       string                  `json:"not_placeable,omitempty"`
	AMIID              string                  `json:"ami_id,omitempty"`
	AMIName            string                  `json:"ami_name,omitempty"`
	HTTPSEndpoint      string                  `json:"https_endpoint,omitempty"`
	PublicIP           string                  `json:"public_ip,omitempty"`
	PrivateIP          string                  `json:"private_ip,omitempty"`
	LicenseStatus      lifecycle.LicenseStatus `json:"license_status"`
	LicenseType        resource.LicenseType    `json:"license_type,omitempty"`
	LicenseOperation   string                  `json:"license_pending_operation,omitempty"`
	CMLLicenseInfo     *CMLLicenseInfo         `json:"cml_license_info,omitempty" doc:"What CML said of its licence last; no token is in it."`
	CMLVersion         string                  `json:"cml_version,omitempty"`
	CMLReady           bool                    `json:"cml_ready"`
	CMLLastSyncedAt    *time.Time              `json:"cml_last_synced_at,omitempty"`
	DeclaredCapacity   resource.Capacity       `json:"declared_capacity"`
	AllocatedCapacity  resource.Capacity       `json:"allocated_capacity"`
	AvailableCapacity  resource.Capacity       `json:"available_capacity"`
	InstanceIDs        []string                `json:"instance_ids"`
	PortAllocations    []PortAllocation        `json:"port_allocations"`
	AllocatedPortCount int                     `json:"allocated_port_count"`
	AvailablePortCount int                     `json:"available_port_count"`
	Bookings           int                     `json:"bookings"`
	Conditions         []readmodel.Condition   `json:"conditions"`
	Finalizers         []readmodel.Finalizer   `json:"finalizers"`
	CreatedAt          time.Time               `json:"created_at"`
	UpdatedAt          time.Time               `json:"updated_at"`
	TerminatedAt       *time.Time              `json:"terminated_at,omitempty"`
	TerminatedBy       string                  `json:"terminated_by,omitempty"`

	WorkerDetails
}

// PortAllocation tells which ports an instance holds now.
type PortAllocation struct {
	InstanceID string         `json:"instance_id"`
	Ports      map[string]int `json:"ports"`
}

// ListWorkers filters workers.
type ListWorkers struct {
	List
	AWSRegion         string `query:"aws_region" maxLength:"64"`
	Status            string `query:"status" maxLength:"200"`
	IncludeTerminated bool   `query:"include_terminated"`
	Sort              string `query:"sort" enum:"created_at,status,aws_region" default:"created_at" doc:"What the list is sorted by."`
	Order             string `query:"order" enum:"asc,desc" default:"asc" doc:"First to last, unless desc is asked for."`
}

// DeleteWorker asks for a worker's end. Force overrides worker_in_use; it is audited.
type DeleteWorker struct {
	ID string `path:"id" maxLength:"128"`
	Precondition
	Force           bool   `query:"force"`
	ForceHardDelete bool   `query:"force_hard_delete" doc:"Remove the worker for good when nothing outside is left of it."`
	Reason          string `query:"reason" maxLength:"500" doc:"Why; kept in the audit log."`
}

// The public routes of workers.
var (
	RouteListWorkers = Route[ListWorkers, []Worker]{Info{
		ID: "list-workers", Method: http.MethodGet, Path: "/api/workers", Tag: "Workers", Summary: "List workers", Audience: Public, Codes: []string{"bad_status"},
	}}
	RouteGetWorker = Route[ID, Worker]{Info{
		ID: "get-worker", Method: http.MethodGet, Path: "/api/workers/{id}", Tag: "Workers", Summary: "Get a worker", Audience: Public, Codes: []string{"worker_not_found"},
	}}
	RouteDeleteWorker = Route[DeleteWorker, Worker]{Info{
		ID: "terminate-worker", Method: http.MethodDelete, Path: "/api/workers/{id}", Tag: "Workers", Summary: "Ask for a worker's end",
		Audience: Public, Roles: []Role{Admin}, Success: http.StatusAccepted, Codes: []string{"worker_not_found", "worker_in_use", "worker_terminated"},
	}}
)

func workerRoutes() []Described {
	return []Described{RouteListWorkers, RouteGetWorker, RouteDeleteWorker}
}
