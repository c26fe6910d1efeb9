package worker

import (
	"fmt"
	"slices"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

// fakeAPI is one worker behind the API's rules, as far as they matter here.
type fakeAPI struct {
	fuse *fuse
	now  func() time.Time
	w    readmodel.Worker
	// asked tells that a registration was asked for by itself; inUse refuses intents to go offline.
	asked, inUse bool
	noSeat       bool
	history      []lifecycle.WorkerStatus
	attempts     int
}

// Open implements Models: what it gives is always fresh.
func (a *fakeAPI) Open(ctxt, string, string) (reconcile.View[readmodel.Worker], bool, reconcile.Result, error) {
	w := a.w
	w.Conditions, w.Finalizers = slices.Clone(w.Conditions), slices.Clone(w.Finalizers)
	return reconcile.View[readmodel.Worker]{Model: w, Meta: reconcile.Meta{Version: w.Version, Generation: w.Generation}, Found: true}, true, reconcile.Result{}, nil
}

func (a *fakeAPI) raise() { a.w.Version++; a.w.Generation++ }
func (a *fakeAPI) note()  { a.w.Version++ }

func (a *fakeAPI) do(name string, generation int64, apply func() error) (api.Ack, error) {
	return through(a.fuse, name, func() (api.Ack, error) {
		before := a.w.Version
		if generation != 0 && generation != a.w.Generation {
			return api.Ack{}, failure.New(failure.Precondition, "generation_changed", "changed")
		}
		err := apply()
		return api.Ack{ID: a.w.ID, Version: a.w.Version, Generation: a.w.Generation, Changed: a.w.Version != before}, err
	})
}

func (a *fakeAPI) want(to lifecycle.WorkerStatus) {
	a.w.DesiredStatus = to
	l := &a.w.License
	if to == lifecycle.WorkerTerminated && l.Status == lifecycle.LicenseRegistered && !l.InProgress {
		l.PendingOperation, l.NextTry = lifecycle.LicenseDeregister, nil
	}
	a.raise()
}

func (a *fakeAPI) move(to lifecycle.WorkerStatus) {
	if a.w.Status == to {
		return
	}
	a.w.Status, a.w.StatusSince = to, a.now()
	a.history = append(a.history, to)
	if to != lifecycle.WorkerRunning && to != lifecycle.WorkerDraining {
		a.w.CML.Ready = false
	}
	if to == lifecycle.WorkerStopped || to == lifecycle.WorkerTerminated {
		a.w.PublicIP, a.w.PrivateIP = "", ""
	}
	if to == lifecycle.WorkerTerminated {
		a.w.DesiredStatus = to
		a.w.License.PendingOperation, a.w.License.InProgress = "", false
	}
	a.raise()
}

func (a *fakeAPI) condition(c readmodel.Condition) {
	c.Since = a.now()
	i := slices.IndexFunc(a.w.Conditions, func(have readmodel.Condition) bool { return have.Type == c.Type })
	if i < 0 {
		a.w.Conditions = append(a.w.Conditions, c)
		a.note()
		return
	}
	if have := a.w.Conditions[i]; have.Status == c.Status && have.Reason == c.Reason {
		c.Since = have.Since
	}
	if !sameCondition(a.w.Conditions[i], c) {
		a.note()
	}
	a.w.Conditions[i] = c
}

func (a *fakeAPI) PlanLaunch(_ ctxt, req api.PlanLaunch) (api.Ack, error) {
	return a.do("PlanLaunch", req.Body.Generation, func() error {
		if a.w.DesiredStatus != lifecycle.WorkerRunning || (a.w.Status != lifecycle.WorkerPending && a.w.Status != lifecycle.WorkerFailed) {
			return failure.New(failure.Conflict, "invalid_transition", "not launched")
		}
		if len(finalizersOf(a.w, readmodel.FinalizerEC2)) > 0 {
			return failure.New(failure.Conflict, "invalid_transition", "not seen gone")
		}
		a.attempts++
		b := req.Body
		a.w.Launch = &readmodel.Launch{
			Attempt: a.attempts, ClientToken: fmt.Sprintf("%s-%d", a.w.ID, a.attempts), AMIID: b.AMIID, AMIName: b.AMIName, InstanceType: b.InstanceType,
			SubnetID: b.SubnetID, SecurityGroupIDs: b.SecurityGroupIDs, KeyName: b.KeyName, DiskGB: b.DiskGB, At: a.now(),
		}
		a.w.EC2InstanceID, a.w.PublicIP, a.w.PrivateIP, a.w.TLSPin, a.w.CML = "", "", "", "", readmodel.CML{}
		a.w.Finalizers = append(a.w.Finalizers, readmodel.Finalizer{Kind: readmodel.FinalizerEC2, Attempt: a.attempts})
		a.move(lifecycle.WorkerProvisioning)
		return nil
	})
}

func (a *fakeAPI) ReportWorkerStatus(_ ctxt, req api.ReportWorkerStatus) (api.Ack, error) {
	b := req.Body
	return a.do("Report:"+b.Status, b.Generation, func() error {
		to := lifecycle.WorkerStatus(b.Status)
		if a.w.Status == lifecycle.WorkerTerminated && to != a.w.Status {
			return failure.New(failure.Conflict, "worker_terminated", "terminated")
		}
		if a.inUse && b.Generation != 0 && slices.Contains([]string{"stopping", "stopped", "terminating", "terminated"}, b.Status) {
			return failure.New(failure.Conflict, "worker_in_use", "1 labs of instances are on the worker")
		}
		for field, value := range map[*string]string{&a.w.EC2InstanceID: b.EC2InstanceID, &a.w.PublicIP: b.PublicIP, &a.w.PrivateIP: b.PrivateIP} {
			if value != "" && *field != value {
				*field = value
				a.raise()
			}
		}
		a.move(to)
		if b.Condition != nil {
			a.condition(*b.Condition)
		}
		return nil
	})
}

func (a *fakeAPI) PutWorkerFinalizer(_ ctxt, req api.PutFinalizer) (api.Ack, error) {
	return a.do("PutFinalizer:"+string(req.Body.Kind), 0, func() error {
		i := slices.IndexFunc(a.w.Finalizers, func(f readmodel.Finalizer) bool { return f.Kind == req.Body.Kind && f.Attempt == req.Body.Attempt })
		if i < 0 {
			a.w.Finalizers = append(a.w.Finalizers, readmodel.Finalizer{Kind: req.Body.Kind, Attempt: req.Body.Attempt, Ref: req.Body.Ref})
		} else {
			a.w.Finalizers[i].Ref = req.Body.Ref
		}
		a.note()
		return nil
	})
}

func (a *fakeAPI) DropWorkerFinalizer(_ ctxt, req api.DropFinalizer) (api.Ack, error) {
	return a.do("DropFinalizer:"+req.Kind, 0, func() error {
		a.w.Finalizers = slices.DeleteFunc(a.w.Finalizers, func(f readmodel.Finalizer) bool {
			return string(f.Kind) == req.Kind && f.Attempt == req.Attempt
		})
		a.note()
		return nil
	})
}

func (a *fakeAPI) WorkerConditions(_ ctxt, req api.SetConditions) (api.Ack, error) {
	return a.do("Conditions", 0, func() error {
		for _, c := range req.Body.Conditions {
			a.condition(c)
		}
		return nil
	})
}

func (a *fakeAPI) ReportCMLData(_ ctxt, req api.ReportCMLData) (api.Ack, error) {
	return a.do("ReportCMLData", 0, func() error {
		b := req.Body
		next := a.w.CML
		next.Ready = b.Ready && a.w.Status == lifecycle.WorkerRunning
		if b.Version != "" {
			next.Version = b.Version
		}
		if b.NodeDefinitions != nil {
			next.NodeDefinitions, next.ImageDefinitions = b.NodeDefinitions, b.ImageDefinitions
		}
		if next.Ready != a.w.CML.Ready || next.Version != a.w.CML.Version || len(next.NodeDefinitions) != len(a.w.CML.NodeDefinitions) {
			a.w.CML = next
			a.raise()
		}
		if b.License != nil {
			seen := License{CMLLicenseInfo: *b.License}
			status := a.w.License.Status
			if seen.Registered() && seen.Authorized() {
				status = lifecycle.LicenseRegistered
			}
			if status != a.w.License.Status {
				a.w.License.Status = status
				a.raise()
			}
			if next.Ready && !a.asked && a.w.DesiredStatus == lifecycle.WorkerRunning {
				a.asked = true
				if status != lifecycle.LicenseRegistered {
					a.w.License.PendingOperation = lifecycle.LicenseRegister
					a.raise()
				}
			}
		}
		return nil
	})
}

func (a *fakeAPI) PinCertificate(_ ctxt, req api.PinCertificate) (api.Ack, error) {
	return a.do("PinCertificate", 0, func() error {
		if a.w.TLSPin != "" && a.w.TLSPin != req.Body.Fingerprint {
			return failure.New(failure.Conflict, "certificate_pinned", "another one")
		}
		if a.w.TLSPin == "" {
			a.w.TLSPin = req.Body.Fingerprint
			a.raise()
		}
		return nil
	})
}
