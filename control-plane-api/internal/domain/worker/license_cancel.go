package worker

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

const licenseEventCancelled = ".cancelled.v1"

type licenseCancelled struct {
	base
	WorkerID    string    `json:"worker_id"`
	CancelledBy string    `json:"cancelled_by"`
	CancelledAt time.Time `json:"cancelled_at"`
}

// CancelLicense calls an operation off that has not begun (no_pending_operation, license_busy). A seat is given back.
func (w *Worker) CancelLicense(op lifecycle.LicenseOperation, act parts.Act) error {
	if w.License.PendingOperation != op {
		return noOperation(op)
	}
	if w.License.InProgress || w.DesiredStatus == lifecycle.WorkerTerminated {
		return failure.New(failure.Conflict, "license_busy", "The operation has begun and cannot be called off.")
	}
	w.dropOperation()
	if op == lifecycle.LicenseRegister && !w.License.Status.Good() {
		w.License.Seat = ""
	}
	w.License.Done = &LicenseDone{Operation: op, Cancelled: true, At: act.At}
	w.Raise(licenseEvent(op, licenseEventCancelled), licenseCancelled{base: base{w.ID}, WorkerID: w.ID, CancelledBy: act.By, CancelledAt: act.At})
	w.refresh(act.At)
	return nil
}
