package worker

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// maxClientToken is the longest client token that EC2 takes.
const maxClientToken = 64

// PlanLaunch stores the intent of a launch with its ec2 finalizer and moves to provisioning. A new attempt begins only
// when the machine of the last one was seen gone, which is when its finalizer is dropped. Attempt, ClientToken and At of
// plan are set here. The same launch again is no change.
func (w *Worker) PlanLaunch(plan readmodel.Launch, act parts.Act) error {
	if w.Status == lifecycle.WorkerProvisioning && w.Launch != nil && sameLaunch(*w.Launch, plan) {
		return nil
	}
	if w.DesiredStatus != lifecycle.WorkerRunning {
		return failure.New(failure.Conflict, "worker_not_wanted", "the worker is wanted %s", w.DesiredStatus)
	}
	if w.Status != lifecycle.WorkerPending && w.Status != lifecycle.WorkerFailed {
		return failure.New(failure.Conflict, "invalid_transition", "a worker that is %s is not launched", w.Status)
	}
	if slices.ContainsFunc(w.Finalizers, func(f readmodel.Finalizer) bool { return f.Kind == readmodel.FinalizerEC2 }) {
		return failure.New(failure.Conflict, "invalid_transition", "the machine of the last launch has not been seen gone")
	}
	plan.Attempt = 1
	if w.Launch != nil {
		plan.Attempt = w.Launch.Attempt + 1
	}
	plan.ClientToken, plan.At = clientToken(w.ID, plan.Attempt), act.At
	w.Launch = &plan
	w.forgetMachine()
	w.AMIID, w.AMIName, w.InstanceType = plan.AMIID, plan.AMIName, plan.InstanceType
	parts.PutFinalizer(&w.Finalizers, readmodel.Finalizer{Kind: readmodel.FinalizerEC2, Attempt: plan.Attempt, Since: act.At})
	w.Raise(EventLaunchPlanned, launchPlanned{
		base: base{w.ID}, Attempt: plan.Attempt, AMIID: plan.AMIID, InstanceType: plan.InstanceType, SubnetID: plan.SubnetID,
		DiskGB: plan.DiskGB, PlannedAt: act.At,
	})
	if w.Status == lifecycle.WorkerFailed {
		w.move(lifecycle.WorkerPending, act.Because("retry"))
	}
	w.move(lifecycle.WorkerProvisioning, act)
	w.refresh(act.At)
	return nil
}

// forgetMachine clears what belongs to a machine that is gone, its certificate and licence state included.
func (w *Worker) forgetMachine() {
	w.EC2InstanceID, w.PublicIP, w.PrivateIP, w.HTTPSEndpoint, w.TLSPin = "", "", "", "", ""
	w.CML, w.Checks, w.RefreshRequestedAt = CML{}, Checks{}, nil
	w.License.Status, w.License.Asked, w.License.Info = lifecycle.LicenseUnregistered, false, nil
	w.dropOperation()
}

// clientToken derives from worker and attempt, so that repeating a launch cannot make a second machine.
func clientToken(id string, attempt int) string {
	token := fmt.Sprintf("%s-%d", id, attempt)
	if len(token) <= maxClientToken {
		return token
	}
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

func sameLaunch(a, b readmodel.Launch) bool {
	return a.AMIID == b.AMIID && a.AMIName == b.AMIName && a.InstanceType == b.InstanceType && a.SubnetID == b.SubnetID &&
		slices.Equal(a.SecurityGroupIDs, b.SecurityGroupIDs) && a.KeyName == b.KeyName && a.DiskGB == b.DiskGB
}

// PinCertificate pins the certificate of first contact; another one later is refused as certificate_pinned.
func (w *Worker) PinCertificate(fingerprint string, act parts.Act) error {
	if w.TLSPin == fingerprint {
		return nil
	}
	if w.TLSPin != "" {
		return failure.New(failure.Conflict, "certificate_pinned", "another certificate is pinned for the worker")
	}
	w.TLSPin = fingerprint
	w.Raise(EventCertificatePinned, certificatePinned{base: base{w.ID}, Fingerprint: fingerprint, PinnedAt: act.At})
	w.refresh(act.At)
	return nil
}
