package worker

import (
	"context"
	"fmt"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

// serve looks at CML on a running machine. Nothing is placed on the worker before its CML says that it is ready.
func (r *Reconciler) serve(ctx context.Context, w readmodel.Worker, m Machine) (reconcile.Result, error) {
	client, err := r.dial(ctx, w, m)
	if err != nil {
		return r.notReady(ctx, w, Information{}, err)
	}
	info, err := client.Information(ctx)
	if err != nil || !info.Ready {
		return r.notReady(ctx, w, info, err)
	}
	r.memories.of(w.ID).failures = 0
	report := r.collect(ctx, w, client, info)
	if report.refused != nil {
		if _, err := r.tell(ctx, w, isNot(ConditionCMLAccess, failure.CodeOf(report.refused), sentence(report.refused))); err != nil {
			return commanded(err)
		}
	} else if reasonOf(w, ConditionCMLAccess) != "" {
		return r.told(ctx, w, is(ConditionCMLAccess, "granted", "CML answers LCM's calls."), 0)
	}
	if sent, err := r.send(ctx, w, report); err != nil || sent {
		return commanded(err)
	}
	if told, err := r.tell(ctx, w, is(ConditionCMLReady, "ready", "CML can start nodes.")); err != nil || told {
		return commanded(err)
	}
	return r.license(ctx, w, client, report.license)
}

// dial gives a client for the machine's CML. Its address comes from EC2 alone. A certificate that is seen for the first
// time is stored before anything is sent.
func (r *Reconciler) dial(ctx context.Context, w readmodel.Worker, m Machine) (CML, error) {
	address := m.PublicIP
	if r.config.UsePrivateIP || address == "" {
		address = m.PrivateIP
	}
	if address == "" {
		return nil, failure.New(failure.Unavailable, "no_address", "EC2 shows no address of the machine yet.")
	}
	return r.connect(Contact{
		WorkerID: w.ID, Address: address, Pin: w.TLSPin,
		FirstContact: func(fingerprint string) error {
			_, err := r.api.PinCertificate(ctx, api.PinCertificate{ID: w.ID, Body: api.PinCertificateBody{Fingerprint: fingerprint}})
			return err
		},
	})
}

// lostAfter is how many looks in a row must fail before a CML that was ready counts as lost: one answer that does not come
// says little.
const lostAfter = 3

// notReady tells why CML cannot be used. A first CML that does not come up in time fails the worker; one that was ready
// before is waited for.
func (r *Reconciler) notReady(ctx context.Context, w readmodel.Worker, info Information, cause error) (reconcile.Result, error) {
	if ctx.Err() != nil || failure.Is(cause, failure.StaleTerm) {
		return reconcile.Result{}, cause
	}
	memory := r.memories.of(w.ID)
	memory.failures++
	c := isNot(ConditionCMLReady, "booting", "CML answers, but cannot start nodes yet.")
	if cause != nil {
		c.Reason, c.Message = failure.CodeOf(cause), clip(sentence(cause))
	}
	first := w.CML.Version == "" && w.Status == lifecycle.WorkerRunning && w.DesiredStatus == lifecycle.WorkerRunning
	if first && r.now().Sub(w.StatusSince) > r.config.BootTimeout {
		return r.fail(ctx, w, ConditionCMLReady, "cml_boot_timeout", fmt.Sprintf("CML was not ready within %s: %s", r.config.BootTimeout, c.Message))
	}
	if w.CML.Ready && (cause == nil || memory.failures >= lostAfter) {
		memory.reported = ""
		_, err := r.api.ReportCMLData(ctx, api.ReportCMLData{ID: w.ID, Body: api.ReportCMLDataBody{Ready: false, CollectedAt: r.now().UTC()}})
		return commanded(err)
	}
	return r.told(ctx, w, c, r.config.CMLPoll)
}
