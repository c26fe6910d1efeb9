package worker

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

func noOperation() error { return failure.New(failure.Conflict, "no_pending_operation", "none") }

func (a *fakeAPI) LicenseToken(ctxt, api.ID) (api.LicenseToken, error) {
	return through(a.fuse, "LicenseToken", func() (api.LicenseToken, error) {
		if a.w.License.PendingOperation != lifecycle.LicenseRegister {
			return api.LicenseToken{}, noOperation()
		}
		if a.noSeat {
			next := a.now().Add(time.Minute)
			a.w.License.NextTry = &next
			a.condition(readmodel.Condition{Type: "Licensed", Status: readmodel.ConditionFalse, Reason: "no_seat"})
			a.raise()
			return api.LicenseToken{}, failure.New(failure.Conflict, "no_seat", "all seats are taken")
		}
		return api.LicenseToken{Token: goodToken}, nil
	})
}

func (a *fakeAPI) begin(name string, op lifecycle.LicenseOperation) (api.Ack, error) {
	return a.do(name, 0, func() error {
		l := &a.w.License
		if op == lifecycle.LicenseDeregister && l.PendingOperation == "" && a.w.DesiredStatus == lifecycle.WorkerTerminated {
			l.PendingOperation = op
		}
		if l.PendingOperation != op {
			return noOperation()
		}
		if !l.InProgress {
			l.InProgress = true
			a.raise()
		}
		return nil
	})
}

func (a *fakeAPI) complete(name string, op lifecycle.LicenseOperation, status lifecycle.LicenseStatus) (api.Ack, error) {
	return a.do(name, 0, func() error {
		l := &a.w.License
		if l.PendingOperation != op {
			if l.PendingOperation == "" && l.Status == status {
				return nil
			}
			return noOperation()
		}
		l.PendingOperation, l.InProgress, l.NextTry, l.Attempts, l.Status = "", false, nil, 0, status
		a.raise()
		return nil
	})
}

func (a *fakeAPI) failOperation(name string, op lifecycle.LicenseOperation, b api.LicenseStepBody) (api.Ack, error) {
	return a.do(name, 0, func() error {
		l := &a.w.License
		if l.PendingOperation != op {
			return noOperation()
		}
		l.InProgress, l.LastError = false, b.ErrorCode+": "+b.ErrorMessage
		l.Attempts++
		next := a.now().Add(time.Minute)
		l.NextTry = &next
		if l.Attempts >= 5 {
			l.PendingOperation, l.NextTry = "", nil
		}
		a.raise()
		return nil
	})
}

func (a *fakeAPI) StartRegistration(ctxt, api.LicenseStep) (api.Ack, error) {
	return a.begin("StartRegistration", lifecycle.LicenseRegister)
}

func (a *fakeAPI) CompleteRegistration(ctxt, api.LicenseStep) (api.Ack, error) {
	return a.complete("CompleteRegistration", lifecycle.LicenseRegister, lifecycle.LicenseRegistered)
}

func (a *fakeAPI) FailRegistration(_ ctxt, req api.LicenseStep) (api.Ack, error) {
	return a.failOperation("FailRegistration", lifecycle.LicenseRegister, req.Body)
}

func (a *fakeAPI) StartDeregistration(ctxt, api.LicenseStep) (api.Ack, error) {
	return a.begin("StartDeregistration", lifecycle.LicenseDeregister)
}

func (a *fakeAPI) CompleteDeregistration(ctxt, api.LicenseStep) (api.Ack, error) {
	return a.complete("CompleteDeregistration", lifecycle.LicenseDeregister, lifecycle.LicenseUnregistered)
}

func (a *fakeAPI) FailDeregistration(_ ctxt, req api.LicenseStep) (api.Ack, error) {
	return a.failOperation("FailDeregistration", lifecycle.LicenseDeregister, req.Body)
}
