// Package worker is the aggregate of a machine that runs CML: its life on EC2, its licence and the book of who may use
// what of it and when. It is plain; whoever calls a verb stores the result in one write.
package worker

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/resource"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/aggregate"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// Worker is the stored state of a machine that runs CML.
type Worker struct {
	aggregate.Root

	Name         string `json:"name"`
	AWSRegion    string `json:"aws_region"`
	InstanceType string `json:"instance_type"`
	TemplateName string `json:"template_name,omitempty"`
	// Demand is what the worker was asked for; its id derives from it.
	Demand    string `json:"demand,omitempty"`
	CreatedBy string `json:"created_by,omitempty"`
	// Origin tells how LCM came to the worker.
	Origin Origin `json:"origin,omitempty"`

	Status        lifecycle.WorkerStatus  `json:"status"`
	DesiredStatus lifecycle.WorkerStatus  `json:"desired_status"`
	ServiceStatus lifecycle.ServiceStatus `json:"service_status"`
	StatusSince   time.Time               `json:"status_since"`
	StateHistory  []parts.Transition      `json:"state_history"`
	// Forced tells that the worker's end was forced although it was in use.
	Forced bool `json:"forced,omitempty"`
	// StartInitiatedAt and StopInitiatedAt are set while a start or a stop is under way.
	StartInitiatedAt *time.Time `json:"start_initiated_at,omitempty"`
	StopInitiatedAt  *time.Time `json:"stop_initiated_at,omitempty"`
	// DrainUntil is when a drain no longer waits for the last lab; nil while there is no drain.
	DrainUntil *time.Time `json:"drain_until,omitempty"`
	// Remove tells that the document is to go when nothing outside is left.
	Remove bool `json:"remove_when_gone,omitempty"`
	// Jumps counts moves seen outside that the table does not have.
	Jumps int `json:"unexpected_jumps,omitempty"`

	// Placeable is computed by refresh alone; NotPlaceable says why it is false.
	Placeable    bool   `json:"placeable"`
	NotPlaceable string `json:"not_placeable,omitempty"`

	AMIID          string            `json:"ami_id,omitempty"`
	AMIName        string            `json:"ami_name,omitempty"`
	AMINamePattern string            `json:"ami_name_pattern,omitempty"`
	Launch         *readmodel.Launch `json:"launch,omitempty"`
	EC2InstanceID  string            `json:"ec2_instance_id,omitempty"`
	PublicIP       string            `json:"public_ip,omitempty"`
	PrivateIP      string            `json:"private_ip,omitempty"`
	HTTPSEndpoint  string            `json:"https_endpoint,omitempty"`
	TLSPin         string            `json:"tls_pin,omitempty"`

	AMIDescription  string `json:"ami_description,omitempty"`
	AMICreationDate string `json:"ami_creation_date,omitempty"`
	// Tags are wanted on the machine besides those that LCM needs itself.
	Tags []readmodel.Tag `json:"aws_tags,omitempty"`
	// Checks are EC2's status checks of the machine.
	Checks             Checks `json:"ec2_checks,omitzero"`
	DetailedMonitoring bool   `json:"cloudwatch_detailed_monitoring_enabled,omitempty"`
	// RefreshRequestedAt is when somebody asked for fresh data; nil when they have come since.
	RefreshRequestedAt *time.Time `json:"refresh_requested_at,omitempty"`

	Activity Activity `json:"activity,omitzero"`
	Pauses   Pauses   `json:"pauses,omitzero"`
	// IdleDetectionOff is true where somebody switched the detection off for this worker.
	IdleDetectionOff bool `json:"idle_detection_off,omitempty"`

	CML     CML     `json:"cml"`
	License License `json:"license"`
	// SealedToken is a licence token under the API's key, kept only while a registration is pending. No event, read
	// model or audit record holds it.
	SealedToken []byte `json:"license_token_sealed,omitempty"`

	DeclaredCapacity resource.Capacity `json:"declared_capacity"`
	// Derived tells that no template declares the capacity: it is what CML reports.
	Derived           bool               `json:"capacity_derived,omitempty"`
	PortRange         resource.PortRange `json:"port_range,omitzero"`
	QuarantinedPorts  []int              `json:"quarantined_ports,omitempty"`
	DrainTimeoutHours float64            `json:"drain_timeout_hours,omitempty"`

	Book booking.Book `json:"book"`

	Conditions []readmodel.Condition `json:"conditions,omitempty"`
	Finalizers []readmodel.Finalizer `json:"finalizers,omitempty"`

	CreatedAt    time.Time  `json:"created_at"`
	UpdatedAt    time.Time  `json:"updated_at"`
	TerminatedAt *time.Time `json:"terminated_at,omitempty"`
	TerminatedBy string     `json:"terminated_by,omitempty"`
}

// CML is what a worker's CML has told about itself.
type CML struct {
	Version          string   `json:"version,omitempty"`
	Ready            bool     `json:"ready"`
	NodeDefinitions  []string `json:"node_definitions,omitempty"`
	ImageDefinitions []string `json:"image_definitions,omitempty"`
	// SeenAt is when the state last changed; a report without a difference is not a change.
	SeenAt *time.Time `json:"seen_at,omitempty"`
}

// Terminal reports whether nothing follows.
func (w *Worker) Terminal() bool { return lifecycle.Workers().Terminal(w.Status) }

// Settled reports whether the worker is terminated and nothing outside is left of it.
func (w *Worker) Settled() bool { return w.Terminal() && len(w.Finalizers) == 0 }

// Limits is what the worker can carry.
func (w *Worker) Limits() booking.Limits {
	return booking.Limits{
		Declared: w.DeclaredCapacity, NodeLimit: w.License.NodeLimit, Ports: w.PortRange, Quarantined: w.QuarantinedPorts,
	}
}

// Lost reports whether what was placed here has to go elsewhere or is over.
func (w *Worker) Lost() bool {
	return w.Status == lifecycle.WorkerTerminated || w.Status == lifecycle.WorkerFailed
}

// LosesHeld reports whether labs that are held here are lost: the machine is gone, broken or switched off.
func (w *Worker) LosesHeld() bool { return w.Lost() || w.Status == lifecycle.WorkerStopped }
