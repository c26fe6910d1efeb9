package worker

import (
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// TakeSeat claims a seat of an entry of the licence file for the pending registration (no_pending_operation). Whoever
// claims counts the claims afterwards and gives the seat back by LoseSeat when there are more than seats.
func (w *Worker) TakeSeat(name string, act parts.Act) error {
	if w.License.PendingOperation != lifecycle.LicenseRegister {
		return noOperation(lifecycle.LicenseRegister)
	}
	if w.License.Seat == name {
		return nil
	}
	w.License.Seat = name
	w.Note(EventSeatTaken, seatEvent{base: base{w.ID}, License: name, At: act.At})
	w.refresh(act.At)
	return nil
}

// LoseSeat tells that there is no free seat: the registration waits and is tried again later.
func (w *Worker) LoseSeat(message string, act parts.Act) error {
	if w.License.PendingOperation != lifecycle.LicenseRegister {
		return noOperation(lifecycle.LicenseRegister)
	}
	name := w.License.Seat
	w.License.Seat = ""
	w.waitLicense(act.At)
	condition := readmodel.Condition{
		Type: ConditionLicensed, Status: readmodel.ConditionFalse, Reason: "no_seat", Message: message, NextTry: w.License.NextTry,
	}
	if _, err := parts.SetCondition(&w.Conditions, condition, act.At); err != nil {
		return err
	}
	w.Raise(EventSeatMissing, seatEvent{base: base{w.ID}, License: name, At: act.At})
	w.refresh(act.At)
	return nil
}

// FetchToken notes that the token of the pending registration left the API.
func (w *Worker) FetchToken(act parts.Act) error {
	if w.License.PendingOperation != lifecycle.LicenseRegister {
		return noOperation(lifecycle.LicenseRegister)
	}
	w.Note(EventTokenFetched, seatEvent{base: base{w.ID}, License: w.License.Seat, At: act.At})
	w.refresh(act.At)
	return nil
}
