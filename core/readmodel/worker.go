package readmodel

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// Worker is the read model of a machine that runs CML.
type Worker struct {
	ID           string `json:"id"`
	Version      int64  `json:"version"`
	Generation   int64  `json:"generation"`
	Name         string `json:"name"`
	AWSRegion    string `json:"aws_region"`
	InstanceType string `json:"instance_type"`
	TemplateName string `json:"template_name,omitempty"`

	Status        lifecycle.WorkerStatus  `json:"status"`
	DesiredStatus lifecycle.WorkerStatus  `json:"desired_status"`
	ServiceStatus lifecycle.ServiceStatus `json:"service_status"`
	// Placeable is computed by the API alone; NotPlaceable says why it is false.
	Placeable    bool   `json:"placeable"`
	NotPlaceable string `json:"not_placeable,omitempty"`

	// AMIName and AMINamePattern tell which image to launch: the exact id if AMIID is set, else the newest match.
	AMIID          string  `json:"ami_id,omitempty"`
	AMIName        string  `json:"ami_name,omitempty"`
	AMINamePattern string  `json:"ami_name_pattern,omitempty"`
	Launch         *Launch `json:"launch,omitempty"`
	EC2InstanceID  string  `json:"ec2_instance_id,omitempty"`
	PublicIP       string  `json:"public_ip,omitempty"`
	PrivateIP      string  `json:"private_ip,omitempty"`
	HTTPSEndpoint  string  `json:"https_endpoint,omitempty"`
	// TLSPin is the SHA-256 of the pinned certificate in hex, empty before first contact.
	TLSPin string `json:"tls_pin,omitempty"`

	CML     CML     `json:"cml"`
	License License `json:"license"`

	// Tags are wanted on the machine besides the tags that LCM needs itself.
	Tags []Tag `json:"aws_tags,omitempty"`
	// DetailedMonitoring asks for figures by the minute.
	DetailedMonitoring bool `json:"detailed_monitoring,omitempty"`
	// RefreshRequestedAt is when somebody asked for figures and CML's data at once; nil when they have come since.
	RefreshRequestedAt *time.Time `json:"refresh_requested_at,omitempty"`
	// IdleDetection tells whether CML's telemetry is to be read for the worker.
	IdleDetection bool `json:"idle_detection"`
	// DrainUntil is when a drain no longer waits for the last lab; Forced that it does not wait now.
	DrainUntil *time.Time `json:"drain_until,omitempty"`
	Forced     bool       `json:"forced,omitempty"`

	DeclaredCapacity resource.Capacity  `json:"declared_capacity"`
	PortRange        resource.PortRange `json:"port_range"`
	QuarantinedPorts []int              `json:"quarantined_ports,omitempty"`
	Book             []booking.Entry    `json:"book"`

	Conditions []Condition `json:"conditions,omitempty"`
	Finalizers []Finalizer `json:"finalizers,omitempty"`
	// StatusSince is when the present status began; phase time-outs count from it.
	StatusSince time.Time `json:"status_since"`
	CreatedAt   time.Time `json:"created_at"`
	UpdatedAt   time.Time `json:"updated_at"`
}

// Tag is a tag of a machine.
type Tag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Launch is the stored intent of one EC2 launch. ClientToken is derived from worker and attempt, so repeating the launch
// cannot make a second machine.
type Launch struct {
	Attempt          int       `json:"attempt"`
	ClientToken      string    `json:"client_token"`
	AMIID            string    `json:"ami_id"`
	AMIName          string    `json:"ami_name,omitempty"`
	InstanceType     string    `json:"instance_type"`
	SubnetID         string    `json:"subnet_id"`
	SecurityGroupIDs []string  `json:"security_group_ids"`
	KeyName          string    `json:"key_name,omitempty"`
	DiskGB           int       `json:"disk_gb"`
	At               time.Time `json:"at"`
}

// CML is what a worker's CML has told about itself.
type CML struct {
	Version          string     `json:"version,omitempty"`
	Ready            bool       `json:"ready"`
	NodeDefinitions  []string   `json:"node_definitions,omitempty"`
	ImageDefinitions []string   `json:"image_definitions,omitempty"`
	SeenAt           *time.Time `json:"seen_at,omitempty"`
}

// License is the licence of a worker's CML and what is to be done about it. The token is not in it.
type License struct {
	Status    lifecycle.LicenseStatus `json:"status"`
	Type      resource.LicenseType    `json:"type,omitempty"`
	NodeLimit *int                    `json:"node_limit,omitempty"`
	// PendingOperation is empty when nothing is to be done.
	PendingOperation lifecycle.LicenseOperation `json:"pending_operation,omitempty"`
	InProgress       bool                       `json:"operation_in_progress"`
	Reregister       bool                       `json:"reregister,omitempty"`
	Attempts         int                        `json:"attempts,omitempty"`
	LastError        string                     `json:"last_error,omitempty"`
	NextTry          *time.Time                 `json:"next_try,omitempty"`
	// Info is what CML said last; nil before it has.
	Info *CMLLicenseInfo `json:"info,omitempty"`
}

// CMLLicenseInfo is CML's licence state in CML's words.
type CMLLicenseInfo struct {
	RegistrationStatus  string     `json:"registration_status" maxLength:"40"`
	AuthorizationStatus string     `json:"authorization_status,omitempty" maxLength:"40"`
	Product             string     `json:"product,omitempty" maxLength:"64"`
	IsEnterprise        bool       `json:"is_enterprise"`
	NodeLimit           *int       `json:"node_limit,omitempty" doc:"How many nodes may run at once; absent where CML does not tell."`
	SmartAccount        string     `json:"smart_account,omitempty" maxLength:"128"`
	VirtualAccount      string     `json:"virtual_account,omitempty" maxLength:"128"`
	ExpiresAt           *time.Time `json:"expires_at,omitempty" doc:"When the registration ends unless CML renews it."`
}

// Limits is what the worker can carry, for questions to its book.
func (w Worker) Limits() booking.Limits {
	limits := booking.Limits{Declared: w.DeclaredCapacity, NodeLimit: w.License.NodeLimit, Ports: w.PortRange, Quarantined: w.QuarantinedPorts}
	if limits.NodeLimit == nil {
		if nodes, ok := w.License.Type.NodeLimit(); ok {
			limits.NodeLimit = &nodes
		}
	}
	return limits
}

// Installation is what the worker has told about its CML.
func (w Worker) Installation() resource.Installation {
	return resource.Installation{CMLVersion: w.CML.Version, NodeDefinitions: w.CML.NodeDefinitions, ImageDefinitions: w.CML.ImageDefinitions}
}
