package worker

import (
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/resource"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/aggregate"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// Spec is the machine that is wanted.
type Spec struct {
	Name           string
	AWSRegion      string
	InstanceType   string
	TemplateName   string
	AMINamePattern string
	Demand         string
	AMIID          string
	// CMLVersion is shown until CML tells its own.
	CMLVersion        string
	AMIName           string
	Origin            Origin
	LicenseName       string
	LicenseType       resource.LicenseType
	Capacity          resource.Capacity
	PortRange         resource.PortRange
	DrainTimeoutHours float64
}

// New makes a worker that is wanted running and does not exist outside yet. Without a declared capacity the one that CML
// reports is taken.
func New(id string, spec Spec, act parts.Act) *Worker {
	w := &Worker{
		Root: aggregate.Root{ID: id}, Name: spec.Name, AWSRegion: spec.AWSRegion, InstanceType: spec.InstanceType,
		TemplateName: spec.TemplateName, AMINamePattern: spec.AMINamePattern, Demand: spec.Demand, CreatedBy: act.By,
		AMIID: spec.AMIID, AMIName: spec.AMIName, Origin: spec.Origin, CML: CML{Version: spec.CMLVersion},
		Status: lifecycle.WorkerPending, DesiredStatus: lifecycle.WorkerRunning, ServiceStatus: lifecycle.ServiceUnavailable,
		StatusSince: act.At, DeclaredCapacity: spec.Capacity, Derived: spec.Capacity.IsZero(), PortRange: spec.PortRange,
		DrainTimeoutHours: spec.DrainTimeoutHours, CreatedAt: act.At, UpdatedAt: act.At,
		License: License{Status: lifecycle.LicenseUnregistered, Name: spec.LicenseName, Type: spec.LicenseType},
	}
	w.StateHistory = parts.Append(nil, parts.Transition{To: string(w.Status), At: act.At, By: act.By, Reason: act.Reason})
	w.NotPlaceable = w.placementRefusal(act.At)
	w.Raise(EventCreated, created{
		base: base{id}, Name: w.Name, AWSRegion: w.AWSRegion, InstanceType: w.InstanceType, TemplateName: w.TemplateName,
		Status: string(w.Status), DesiredStatus: string(w.DesiredStatus), Demand: w.Demand, CreatedAt: act.At, CreatedBy: act.By,
		AMIID: w.AMIID, AMIName: w.AMIName, Origin: w.Origin,
	})
	return w
}
