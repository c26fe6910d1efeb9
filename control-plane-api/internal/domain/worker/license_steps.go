package worker

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// ConditionLicensed tells why a worker has no licence.
const ConditionLicensed = "Licensed"

const (
	// MaxLicenseAttempts is how often an operation is tried before it is given up.
	MaxLicenseAttempts = 5
	firstLicensePause  = time.Minute
	longestPause       = time.Hour
)

// RequestLicense asks for an operation. sealed is the token to register with, nil to take the one of the licence file.
// license_busy while another one is pending; worker_not_running where there is no CML to license.
func (w *Worker) RequestLicense(op lifecycle.LicenseOperation, sealed []byte, reregister bool, act parts.Act) error {
	if w.License.PendingOperation != "" || w.License.InProgress {
		return failure.New(failure.Conflict, "license_busy", "an operation on the licence is under way")
	}
	if w.Status != lifecycle.WorkerRunning && w.Status != lifecycle.WorkerDraining {
		return failure.New(failure.Conflict, "worker_not_running", "the worker is %s", w.Status)
	}
	w.request(op, sealed, reregister, act)
	w.refresh(act.At)
	return nil
}

func (w *Worker) request(op lifecycle.LicenseOperation, sealed []byte, reregister bool, act parts.Act) {
	w.dropOperation()
	w.License.PendingOperation, w.License.Reregister, w.SealedToken = op, reregister, sealed
	w.Raise(licenseEvent(op, licenseEventRequested), licenseRequested{
		base: base{w.ID}, WorkerID: w.ID, Reregister: reregister, RequestedAt: act.At, InitiatedBy: act.By,
	})
}

// autoRegister asks once per machine for a registration of a CML that has no licence.
func (w *Worker) autoRegister(act parts.Act) bool {
	w.License.Asked = true
	if w.License.Status.Good() || w.License.PendingOperation != "" {
		return false
	}
	w.request(lifecycle.LicenseRegister, nil, false, act)
	return true
}

// StartLicense tells that an operation has begun. A worker on its way out is deregistered without being asked to.
func (w *Worker) StartLicense(op lifecycle.LicenseOperation, act parts.Act) error {
	if op == lifecycle.LicenseDeregister && w.License.PendingOperation == "" && w.DesiredStatus == lifecycle.WorkerTerminated {
		w.License.PendingOperation = op
	}
	if w.License.PendingOperation != op {
		return noOperation(op)
	}
	if w.License.InProgress {
		return nil
	}
	w.License.InProgress = true
	w.Raise(licenseEvent(op, licenseEventStarted), licenseStarted{base: base{w.ID}, WorkerID: w.ID, StartedAt: act.At, InitiatedBy: act.By})
	w.refresh(act.At)
	return nil
}

// Completion is what a finished operation knows.
type Completion struct {
	RegistrationStatus string
	SmartAccount       string
	VirtualAccount     string
	Message            string
}

// CompleteLicense tells that an operation is done: the token is forgotten, a seat is given back by a deregistration.
// Having been completed is no change.
func (w *Worker) CompleteLicense(op lifecycle.LicenseOperation, done Completion, act parts.Act) error {
	status, condition := lifecycle.LicenseRegistered, readmodel.Condition{Type: ConditionLicensed, Status: readmodel.ConditionTrue, Reason: "registered"}
	if op == lifecycle.LicenseDeregister {
		status, condition = lifecycle.LicenseUnregistered, readmodel.Condition{Type: ConditionLicensed, Status: readmodel.ConditionFalse, Reason: "deregistered"}
	}
	if w.License.PendingOperation != op {
		if w.License.PendingOperation == "" && w.License.Status == status {
			return nil
		}
		return noOperation(op)
	}
	w.dropOperation()
	w.License.Done = &LicenseDone{Operation: op, OK: true, Message: done.Message, At: act.At}
	w.License.Status = status
	if op == lifecycle.LicenseDeregister {
		w.License.Seat = ""
	} else if nodes, ok := w.License.Type.NodeLimit(); ok && w.License.NodeLimit == nil {
		w.License.NodeLimit = &nodes
	}
	set(&w.License.SmartAccount, done.SmartAccount)
	set(&w.License.VirtualAccount, done.VirtualAccount)
	condition.Message = done.Message
	if _, err := parts.SetCondition(&w.Conditions, condition, act.At); err != nil {
		return err
	}
	w.Raise(licenseEvent(op, licenseEventCompleted), licenseCompleted{
		base: base{w.ID}, WorkerID: w.ID, RegistrationStatus: done.RegistrationStatus, SmartAccount: done.SmartAccount,
		VirtualAccount: done.VirtualAccount, Message: done.Message, CompletedAt: act.At,
	})
	w.refresh(act.At)
	return nil
}

// FailLicense tells that a try failed. The operation waits longer after each and is given up after MaxLicenseAttempts,
// so that it does not spin; a person or a new machine asks again.
func (w *Worker) FailLicense(op lifecycle.LicenseOperation, message, code string, act parts.Act) error {
	if w.License.PendingOperation != op {
		return noOperation(op)
	}
	w.License.InProgress = false
	w.License.Attempts++
	w.License.LastError = message
	attempts := w.License.Attempts
	givenUp := attempts >= MaxLicenseAttempts
	if givenUp {
		w.dropOperation()
		w.License.Attempts, w.License.LastError = attempts, message
		w.License.Done = &LicenseDone{Operation: op, Message: message, At: act.At}
	} else {
		w.waitLicense(act.At)
	}
	condition := readmodel.Condition{
		Type: ConditionLicensed, Status: readmodel.ConditionFalse, Reason: string(op) + "_failed", Message: message,
		Attempts: attempts, NextTry: w.License.NextTry,
	}
	if _, err := parts.SetCondition(&w.Conditions, condition, act.At); err != nil {
		return err
	}
	w.Raise(licenseEvent(op, licenseEventFailed), licenseFailed{
		base: base{w.ID}, WorkerID: w.ID, ErrorMessage: message, ErrorCode: code, Attempts: attempts, GivenUp: givenUp,
		NextTry: w.License.NextTry, FailedAt: act.At,
	})
	w.refresh(act.At)
	return nil
}

func (w *Worker) waitLicense(now time.Time) {
	pause := firstLicensePause << min(max(w.License.Attempts-1, 0), 6)
	next := now.Add(min(pause, longestPause))
	w.License.NextTry = &next
}

// dropOperation forgets what was pending, its token included.
func (w *Worker) dropOperation() {
	w.License.PendingOperation, w.License.InProgress, w.License.Reregister = "", false, false
	w.License.Attempts, w.License.LastError, w.License.NextTry = 0, "", nil
	w.SealedToken = nil
}

func noOperation(op lifecycle.LicenseOperation) error {
	return failure.New(failure.Conflict, "no_pending_operation", "no operation %q is pending on the licence", op)
}
