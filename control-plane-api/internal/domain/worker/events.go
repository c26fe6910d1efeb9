package worker

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// The events of a worker.
const (
	EventCreated              = "cml_worker.created.v1"
	EventStatusUpdated        = "cml_worker.status.updated.v1"
	EventDesiredUpdated       = "cml_worker.desired_status.updated.v1"
	EventServiceUpdated       = "cml_worker.service.status.updated.v1"
	EventPlaceableUpdated     = "cml_worker.placeable.updated.v1"
	EventEC2Assigned          = "cml_worker.instance.assigned.v1"
	EventEndpointUpdated      = "cml_worker.endpoint.updated.v1"
	EventTerminated           = "cml_worker.terminated.v1"
	EventLaunchPlanned        = "cml_worker.launch.planned.v1"
	EventCertificatePinned    = "cml_worker.certificate.pinned.v1"
	EventCMLUpdated           = "cml_worker.cml.updated.v1"
	EventCapacityUpdated      = "cml_worker.capacity.updated.v1"
	EventLicenseUpdated       = "cml_worker.license.updated.v1"
	EventSeatTaken            = "cml_worker.license.seat_taken.v1"
	EventSeatMissing          = "cml_worker.license.seat_missing.v1"
	EventTokenFetched         = "cml_worker.license.token_fetched.v1"
	EventInstanceAssigned     = "cml_worker.instance.assigned.lablet.v1"
	EventInstanceRemoved      = "cml_worker.instance.removed.lablet.v1"
	EventPortsAllocated       = "cml_worker.ports.allocated.v1"
	EventPortsReleased        = "cml_worker.ports.released.v1"
	EventBookingHeld          = "cml_worker.booking.held.v1"
	EventBookingExtended      = "cml_worker.booking.extended.v1"
	EventConditionsUpdated    = "cml_worker.conditions_updated.v1"
	EventFinalizerPut         = "cml_worker.finalizer_put.v1"
	EventFinalizerDropped     = "cml_worker.finalizer_dropped.v1"
	licenseEventPrefix        = "cml_worker.license."
	licenseEventRequested     = ".requested.v1"
	licenseEventStarted       = ".started.v1"
	licenseEventCompleted     = ".completed.v1"
	licenseEventFailed        = ".failed.v1"
	licenseWordRegistration   = "registration"
	licenseWordDeregistration = "deregistration"
)

// base is in the data of every event.
type base struct {
	AggregateID string `json:"aggregate_id"`
}

type created struct {
	base
	Name          string    `json:"name"`
	AWSRegion     string    `json:"aws_region"`
	InstanceType  string    `json:"instance_type"`
	TemplateName  string    `json:"template_name,omitempty"`
	Status        string    `json:"status"`
	DesiredStatus string    `json:"desired_status"`
	Demand        string    `json:"demand,omitempty"`
	AMIID         string    `json:"ami_id,omitempty"`
	AMIName       string    `json:"ami_name,omitempty"`
	Origin        Origin    `json:"origin,omitempty"`
	CreatedAt     time.Time `json:"created_at"`
	CreatedBy     string    `json:"created_by,omitempty"`
}

type statusUpdated struct {
	base
	OldStatus  string    `json:"old_status"`
	NewStatus  string    `json:"new_status"`
	Reason     string    `json:"reason,omitempty"`
	Unexpected bool      `json:"unexpected,omitempty"`
	UpdatedAt  time.Time `json:"updated_at"`
	// TransitionInitiatedAt is given where something was begun that takes a while.
	TransitionInitiatedAt *time.Time `json:"transition_initiated_at,omitempty"`
}

type desiredUpdated struct {
	base
	OldDesiredStatus string    `json:"old_desired_status"`
	NewDesiredStatus string    `json:"new_desired_status"`
	UpdatedAt        time.Time `json:"updated_at"`
	RequestedBy      string    `json:"requested_by"`
	Reason           string    `json:"reason,omitempty"`
	Forced           bool      `json:"forced,omitempty"`
}

type serviceUpdated struct {
	base
	OldServiceStatus string    `json:"old_service_status"`
	NewServiceStatus string    `json:"new_service_status"`
	HTTPSEndpoint    string    `json:"https_endpoint,omitempty"`
	UpdatedAt        time.Time `json:"updated_at"`
}

type placeableUpdated struct {
	base
	Placeable bool      `json:"placeable"`
	Reason    string    `json:"reason,omitempty"`
	UpdatedAt time.Time `json:"updated_at"`
}

type ec2Assigned struct {
	base
	AWSInstanceID string    `json:"aws_instance_id"`
	PublicIP      string    `json:"public_ip,omitempty"`
	PrivateIP     string    `json:"private_ip,omitempty"`
	AssignedAt    time.Time `json:"assigned_at"`
}

type endpointUpdated struct {
	base
	HTTPSEndpoint string    `json:"https_endpoint,omitempty"`
	PublicIP      string    `json:"public_ip,omitempty"`
	PrivateIP     string    `json:"private_ip,omitempty"`
	UpdatedAt     time.Time `json:"updated_at"`
}

type terminated struct {
	base
	Name         string    `json:"name"`
	TerminatedAt time.Time `json:"terminated_at"`
	TerminatedBy string    `json:"terminated_by,omitempty"`
}

type launchPlanned struct {
	base
	Attempt      int       `json:"attempt"`
	AMIID        string    `json:"ami_id"`
	InstanceType string    `json:"instance_type"`
	SubnetID     string    `json:"subnet_id"`
	DiskGB       int       `json:"disk_gb"`
	PlannedAt    time.Time `json:"planned_at"`
}

type certificatePinned struct {
	base
	Fingerprint string    `json:"fingerprint"`
	PinnedAt    time.Time `json:"pinned_at"`
}

type cmlUpdated struct {
	base
	Version          string    `json:"cml_version,omitempty"`
	Ready            bool      `json:"ready"`
	NodeDefinitions  int       `json:"node_definitions"`
	ImageDefinitions int       `json:"image_definitions"`
	UpdatedAt        time.Time `json:"updated_at"`
}

type capacityUpdated struct {
	base
	TemplateName string    `json:"template_name,omitempty"`
	CPUCores     int       `json:"declared_capacity_cpu_cores"`
	MemoryGB     int       `json:"declared_capacity_memory_gb"`
	StorageGB    int       `json:"declared_capacity_storage_gb"`
	MaxNodes     *int      `json:"declared_capacity_max_nodes,omitempty"`
	UpdatedAt    time.Time `json:"updated_at"`
}

func capacityEvent(w *Worker, c resource.Capacity, at time.Time) capacityUpdated {
	return capacityUpdated{
		base: base{w.ID}, TemplateName: w.TemplateName, CPUCores: c.CPUCores, MemoryGB: c.MemoryGB, StorageGB: c.StorageGB,
		MaxNodes: c.MaxNodes, UpdatedAt: at,
	}
}
