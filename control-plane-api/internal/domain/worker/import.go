package worker

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/aggregate"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// Found is a machine that EC2 shows and that LCM did not make.
type Found struct {
	Name            string
	AWSRegion       string
	EC2InstanceID   string
	InstanceType    string
	AMIID           string
	AMIName         string
	AMIDescription  string
	AMICreationDate string
	// State is EC2's word.
	State     string
	PublicIP  string
	PrivateIP string
}

// EventImported tells of a worker that was found.
const EventImported = "cml_worker.imported.v1"

type imported struct {
	base
	Name            string    `json:"name"`
	AWSRegion       string    `json:"aws_region"`
	AWSInstanceID   string    `json:"aws_instance_id"`
	InstanceType    string    `json:"instance_type"`
	AMIID           string    `json:"ami_id"`
	AMIName         string    `json:"ami_name,omitempty"`
	AMIDescription  string    `json:"ami_description,omitempty"`
	AMICreationDate string    `json:"ami_creation_date,omitempty"`
	InstanceState   string    `json:"instance_state"`
	PublicIP        string    `json:"public_ip,omitempty"`
	PrivateIP       string    `json:"private_ip,omitempty"`
	CreatedBy       string    `json:"created_by,omitempty"`
	CreatedAt       time.Time `json:"created_at"`
}

// Import makes a worker of a machine that is there. It is wanted as it is; its capacity is what CML will report. From now
// on LCM ends the machine with the worker.
func Import(id string, f Found, act parts.Act) *Worker {
	w := &Worker{
		Root: aggregate.Root{ID: id}, Name: f.Name, AWSRegion: f.AWSRegion, InstanceType: f.InstanceType, CreatedBy: act.By,
		Origin: OriginDiscovery, ServiceStatus: lifecycle.ServiceUnavailable, StatusSince: act.At, Derived: true,
		AMIID: f.AMIID, AMIName: f.AMIName, AMIDescription: f.AMIDescription, AMICreationDate: f.AMICreationDate,
		EC2InstanceID: f.EC2InstanceID, PublicIP: f.PublicIP, PrivateIP: f.PrivateIP, CreatedAt: act.At, UpdatedAt: act.At,
		License:    License{Status: lifecycle.LicenseUnregistered},
		Finalizers: []readmodel.Finalizer{{Kind: readmodel.FinalizerEC2, Ref: f.EC2InstanceID, Since: act.At}},
	}
	w.Status, w.DesiredStatus = statusOf(f.State)
	if host := w.host(); host != "" {
		w.HTTPSEndpoint = "https://" + host
	}
	w.StateHistory = parts.Append(nil, parts.Transition{To: string(w.Status), At: act.At, By: act.By, Reason: act.Reason})
	w.NotPlaceable = w.placementRefusal(act.At)
	w.Raise(EventImported, imported{
		base: base{id}, Name: w.Name, AWSRegion: w.AWSRegion, AWSInstanceID: w.EC2InstanceID, InstanceType: w.InstanceType, AMIID: w.AMIID,
		AMIName: w.AMIName, AMIDescription: w.AMIDescription, AMICreationDate: w.AMICreationDate, InstanceState: f.State,
		PublicIP: w.PublicIP, PrivateIP: w.PrivateIP, CreatedBy: act.By, CreatedAt: act.At,
	})
	return w
}

// statusOf gives the status of a machine in one of EC2's states, and the status that an imported one is wanted in.
func statusOf(state string) (status, desired lifecycle.WorkerStatus) {
	switch state {
	case "running":
		return lifecycle.WorkerRunning, lifecycle.WorkerRunning
	case "stopped":
		return lifecycle.WorkerStopped, lifecycle.WorkerStopped
	case "stopping":
		return lifecycle.WorkerStopping, lifecycle.WorkerStopped
	case "pending":
		return lifecycle.WorkerPending, lifecycle.WorkerRunning
	default:
		return lifecycle.WorkerUnknown, lifecycle.WorkerRunning
	}
}
