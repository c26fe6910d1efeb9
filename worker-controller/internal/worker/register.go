package worker

import (
	"context"
	"fmt"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
	"github.com/lablet-cloud-manager/lcm/core/secret"
)

// register brings a registration to its end: begin, hand CML the token, look until CML says how it went. What CML shows
// decides, so that a registration whose answer was lost is found and not begun twice.
func (r *Reconciler) register(ctx context.Context, w readmodel.Worker, client CML, seen License) (reconcile.Result, error) {
	try := &r.memories.of(w.ID).registration
	if !w.License.InProgress {
		if _, err := r.api.StartRegistration(ctx, step(w, api.LicenseStepBody{})); err != nil {
			return licensed(err)
		}
		*try = registration{begun: true}
	}
	// What failed before this try says nothing about it. A process that has not begun the try itself cannot tell, and
	// counts the failure: at worst one try too few.
	ours := try.posted || !try.begun
	switch {
	case seen.Registered() && w.License.Reregister && !try.posted:
		return r.post(ctx, w, client)
	case seen.Registered() && seen.Authorized():
		return r.registered(ctx, w, seen)
	case seen.Registered(), seen.InProgress(), try.posted && !seen.Failed():
		return r.registering(ctx, w, seen)
	case seen.Failed() && ours:
		return r.registrationFailed(ctx, w, "cml_registration_failed", "CML could not register: "+seen.Failure)
	default:
		return r.post(ctx, w, client)
	}
}

// post fetches the token and hands it to CML. The finalizer is stored before: from then on a seat may be taken.
func (r *Reconciler) post(ctx context.Context, w readmodel.Worker, client CML) (reconcile.Result, error) {
	token, err := r.api.LicenseToken(ctx, api.ID{ID: w.ID})
	if err != nil {
		return licensed(err)
	}
	if err := r.noteSeat(ctx, w); err != nil {
		return commanded(err)
	}
	try := &r.memories.of(w.ID).registration
	err = client.Register(ctx, secret.New(token.Token), w.License.Reregister)
	switch {
	case err == nil, failure.Is(err, failure.Conflict):
		// A conflict is a registration that is under way.
		try.begun, try.posted, try.postedAt = true, true, r.now()
		return after(r.config.CMLPoll), nil
	case failure.Is(err, failure.Invalid), failure.Is(err, failure.Unauthenticated), failure.Is(err, failure.Forbidden):
		if seen, lookErr := client.License(ctx); lookErr == nil && seen.Registered() {
			// Refused since it is registered already, by a call whose answer was lost.
			try.begun, try.posted, try.postedAt = true, true, r.now()
			return after(r.config.CMLPoll), nil
		}
		return r.registrationFailed(ctx, w, failure.CodeOf(err), sentence(err))
	default:
		// Whether it has begun shows at the next look.
		return after(slowPoll(r.config.CMLPoll)), nil
	}
}

// noteSeat stores that CML may hold a seat from now on.
func (r *Reconciler) noteSeat(ctx context.Context, w readmodel.Worker) error {
	if _, told := readmodel.FindCondition(w.Conditions, ConditionLicenseReturned); told {
		if err := r.set(ctx, w, isNot(ConditionLicenseReturned, "in_use", "The licence is in use.")); err != nil {
			return err
		}
	}
	if _, noted := readmodel.FindFinalizer(w.Finalizers, readmodel.FinalizerLicense, attemptOf(w)); noted {
		return nil
	}
	_, err := r.api.PutWorkerFinalizer(ctx, api.PutFinalizer{ID: w.ID, Body: api.PutFinalizerBody{
		Kind: readmodel.FinalizerLicense, Attempt: attemptOf(w),
	}})
	return err
}

// registering waits for CML within the time for a registration.
func (r *Reconciler) registering(ctx context.Context, w readmodel.Worker, seen License) (reconcile.Result, error) {
	try := &r.memories.of(w.ID).registration
	if try.postedAt.IsZero() {
		try.postedAt = r.now()
	}
	if r.now().Sub(try.postedAt) <= r.config.LicenseTimeout {
		return after(r.config.CMLPoll), nil
	}
	if seen.Registered() {
		return r.registrationFailed(ctx, w, "license_not_authorized",
			fmt.Sprintf("CML is registered, but its use is not authorised: %s.", seen.AuthorizationStatus))
	}
	return r.registrationFailed(ctx, w, "license_timeout", fmt.Sprintf("CML has not registered within %s.", r.config.LicenseTimeout))
}

func (r *Reconciler) registered(ctx context.Context, w readmodel.Worker, seen License) (reconcile.Result, error) {
	r.memories.of(w.ID).registration = registration{}
	if err := r.noteSeat(ctx, w); err != nil {
		return commanded(err)
	}
	_, err := r.api.CompleteRegistration(ctx, step(w, api.LicenseStepBody{
		RegistrationStatus: seen.RegistrationStatus, SmartAccount: seen.SmartAccount, VirtualAccount: seen.VirtualAccount,
		Message: "CML is registered.",
	}))
	return licensed(err)
}

func (r *Reconciler) registrationFailed(ctx context.Context, w readmodel.Worker, code, message string) (reconcile.Result, error) {
	r.memories.of(w.ID).registration = registration{}
	r.log.WarnContext(ctx, "registration failed", "worker", w.ID, "code", code)
	_, err := r.api.FailRegistration(ctx, step(w, api.LicenseStepBody{ErrorMessage: message, ErrorCode: code}))
	return licensed(err)
}

// licensed is what follows a command about a licence: that it no longer waits, or finds no seat, is on the worker itself.
func licensed(err error) (reconcile.Result, error) {
	switch failure.CodeOf(err) {
	case "no_pending_operation", "no_seat":
		return again(), nil
	}
	return commanded(err)
}
