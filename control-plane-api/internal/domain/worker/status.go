package worker

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// Observation is what EC2 shows, or what is about to be done on EC2 (Intent). What is empty is left as it was.
type Observation struct {
	Status        lifecycle.WorkerStatus
	EC2InstanceID string
	PublicIP      string
	PrivateIP     string
	AMIID         string
	AMIName       string
	InstanceType  string
	// AMIDescription and AMICreationDate are of the image, in EC2's words.
	AMIDescription  string
	AMICreationDate string
	Condition       *readmodel.Condition
	// Intent marks a move that the caller decided on and has not made yet; only such a one can be refused.
	Intent bool
}

// Observe applies an observation. What EC2 shows wins over the table: an unexpected jump is applied and counted. An
// intent to stop or end is refused as worker_in_use while a lab of an instance is held here and the end was not forced.
func (w *Worker) Observe(o Observation, act parts.Act) error {
	if w.Terminal() && o.Status != w.Status {
		return failure.New(failure.Conflict, "worker_terminated", "the worker is terminated")
	}
	if o.Intent && o.Status != w.Status && offline(o.Status) && !w.Forced {
		if held := w.Book.HeldByInstances(); len(held) > 0 {
			return failure.New(failure.Conflict, "worker_in_use", "%d labs of instances are on the worker", len(held))
		}
	}
	changed := w.describe(o, act)
	if o.Status != w.Status {
		w.move(o.Status, act)
		changed = true
	}
	if o.Condition != nil {
		set, err := parts.SetCondition(&w.Conditions, *o.Condition, act.At)
		if err != nil {
			return err
		}
		if set {
			w.Note(EventConditionsUpdated, parts.ConditionsChanged{AggregateID: w.ID, Types: []string{o.Condition.Type}, At: act.At})
			changed = true
		}
	}
	if changed {
		w.refresh(act.At)
	}
	return nil
}

func offline(s lifecycle.WorkerStatus) bool {
	return s == lifecycle.WorkerStopping || s == lifecycle.WorkerStopped || s == lifecycle.WorkerTerminating || s == lifecycle.WorkerTerminated
}

// move applies a status with its effects; whether the table has it is only noted.
func (w *Worker) move(to lifecycle.WorkerStatus, act parts.Act) {
	from := w.Status
	unexpected := !lifecycle.Workers().Allows(from, to)
	if unexpected {
		w.Jumps++
	}
	w.StateHistory = parts.Append(w.StateHistory, parts.Transition{
		From: string(from), To: string(to), At: act.At, By: act.By, Reason: act.Reason, Unexpected: unexpected,
	})
	w.Status, w.StatusSince = to, act.At
	w.initiate(to, act.At)
	w.Raise(EventStatusUpdated, statusUpdated{
		base: base{w.ID}, OldStatus: string(from), NewStatus: string(to), Reason: act.Reason, Unexpected: unexpected, UpdatedAt: act.At,
		TransitionInitiatedAt: initiated(to, act.At),
	})
	w.afterMove(to, act)
}

func initiated(to lifecycle.WorkerStatus, at time.Time) *time.Time {
	if to == lifecycle.WorkerPending || to == lifecycle.WorkerStarting || to == lifecycle.WorkerStopping {
		return &at
	}
	return nil
}

// initiate keeps since when a start or a stop has been under way.
func (w *Worker) initiate(to lifecycle.WorkerStatus, at time.Time) {
	switch to {
	case lifecycle.WorkerPending, lifecycle.WorkerProvisioning, lifecycle.WorkerStarting:
		if w.StartInitiatedAt == nil {
			w.StartInitiatedAt = &at
		}
		w.StopInitiatedAt = nil
	case lifecycle.WorkerStopping, lifecycle.WorkerTerminating:
		if w.StopInitiatedAt == nil {
			w.StopInitiatedAt = &at
		}
		w.StartInitiatedAt = nil
	default:
		w.StartInitiatedAt, w.StopInitiatedAt = nil, nil
	}
	if to != lifecycle.WorkerDraining {
		w.DrainUntil = nil
	}
}

func (w *Worker) afterMove(to lifecycle.WorkerStatus, act parts.Act) {
	switch to {
	case lifecycle.WorkerRunning, lifecycle.WorkerDraining:
		if !w.CML.Ready {
			w.setService(lifecycle.ServiceStarting, act)
		}
		return
	case lifecycle.WorkerStopped, lifecycle.WorkerTerminated:
		w.PublicIP, w.PrivateIP, w.HTTPSEndpoint = "", "", ""
	}
	w.CML.Ready = false
	w.setService(lifecycle.ServiceUnavailable, act)
	if to != lifecycle.WorkerTerminated {
		return
	}
	w.TerminatedAt, w.TerminatedBy = &act.At, act.By
	w.DesiredStatus = lifecycle.WorkerTerminated
	w.dropOperation()
	w.License.Seat = ""
	w.Raise(EventTerminated, terminated{base: base{w.ID}, Name: w.Name, TerminatedAt: act.At, TerminatedBy: act.By})
}

func (w *Worker) setService(to lifecycle.ServiceStatus, act parts.Act) {
	if w.ServiceStatus == to {
		return
	}
	old := w.ServiceStatus
	w.ServiceStatus = to
	w.Raise(EventServiceUpdated, serviceUpdated{
		base: base{w.ID}, OldServiceStatus: string(old), NewServiceStatus: string(to), HTTPSEndpoint: w.HTTPSEndpoint, UpdatedAt: act.At,
	})
}

// describe takes the details of a machine; an address of one that is off is not taken.
func (w *Worker) describe(o Observation, act parts.Act) (changed bool) {
	if o.EC2InstanceID != "" && o.EC2InstanceID != w.EC2InstanceID {
		w.EC2InstanceID, changed = o.EC2InstanceID, true
		w.Raise(EventEC2Assigned, ec2Assigned{
			base: base{w.ID}, AWSInstanceID: o.EC2InstanceID, PublicIP: o.PublicIP, PrivateIP: o.PrivateIP, AssignedAt: act.At,
		})
	}
	kept := set(&w.AMIID, o.AMIID)
	kept = set(&w.AMIName, o.AMIName) || kept
	kept = set(&w.InstanceType, o.InstanceType) || kept
	kept = set(&w.AMIDescription, o.AMIDescription) || kept
	kept = set(&w.AMICreationDate, o.AMICreationDate) || kept
	address := false
	if o.Status != lifecycle.WorkerStopped && o.Status != lifecycle.WorkerTerminated {
		address = set(&w.PublicIP, o.PublicIP)
		address = set(&w.PrivateIP, o.PrivateIP) || address
	}
	if !kept && !address {
		return changed
	}
	if host := w.host(); address && host != "" {
		w.HTTPSEndpoint = "https://" + host
	}
	w.Raise(EventEndpointUpdated, endpointUpdated{
		base: base{w.ID}, HTTPSEndpoint: w.HTTPSEndpoint, PublicIP: w.PublicIP, PrivateIP: w.PrivateIP, UpdatedAt: act.At,
	})
	return true
}

func (w *Worker) host() string {
	if w.PublicIP != "" {
		return w.PublicIP
	}
	return w.PrivateIP
}

func set(field *string, value string) bool {
	if value == "" || *field == value {
		return false
	}
	*field = value
	return true
}
