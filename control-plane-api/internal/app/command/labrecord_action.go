package command

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/labrecord"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// RequestLabAction asks for something to be done with a lab; lablet-controller carries it out. A lab in which an instance's
// session lives is left alone, whoever asks. Codes: lab_record_not_found, lab_terminal, action_pending, lab_bound, lab_in_use,
// invalid_transition.
func (c *Commands) RequestLabAction(ctx context.Context, id, action, reason string) (api.LabActionAccepted, error) {
	kind := labrecord.ActionKind(action)
	present, _, err := c.d.LabRecords.Get(ctx, id)
	if err != nil {
		return api.LabActionAccepted{}, err
	}
	if err := c.checkLabFree(ctx, present); err != nil {
		return api.LabActionAccepted{}, err
	}
	l, _, _, err := c.updateLab(call.Because(ctx, reason), id, func(l *labrecord.LabRecord, act parts.Act) error { return l.Request(kind, act) })
	if err != nil {
		return api.LabActionAccepted{}, err
	}
	return c.acceptedLab(ctx, l, kind)
}

// checkLabFree refuses to touch the lab of an instance that is not over (lab_in_use).
func (c *Commands) checkLabFree(ctx context.Context, l *labrecord.LabRecord) error {
	if l.LabID == "" {
		return nil
	}
	return c.d.Instances.Walk(ctx, store.Query{Equal: map[string][]string{FieldWorker: {l.WorkerID}}}, func(i *instance.Instance, _ repo.Meta) error {
		_, holds := readmodel.FindFinalizer(i.Finalizers, readmodel.FinalizerLab, i.Attempt)
		if i.CMLLabID == l.LabID && !i.Terminal() && holds {
			return failure.New(failure.Conflict, "lab_in_use", "The lab is that of instance %s.", i.ID)
		}
		return nil
	})
}

// acceptedLab records a request on a lab as a task, and says so.
func (c *Commands) acceptedLab(ctx context.Context, l *labrecord.LabRecord, kind labrecord.ActionKind) (api.LabActionAccepted, error) {
	t, err := c.openTask(ctx, labTask(l, kind))
	if err != nil {
		return api.LabActionAccepted{}, err
	}
	return api.LabActionAccepted{
		LabRecordID: l.ID, LabID: l.LabID, WorkerID: l.WorkerID, Action: string(kind), Status: string(t.Status), TaskID: t.ID,
		Message: "lablet-controller carries it out.",
	}, nil
}

// BeginLabAction tells that lablet-controller has begun with an action; without a name the one that is pending. Codes: lab_record_not_found, no_pending_action, other_action.
func (c *Commands) BeginLabAction(ctx context.Context, id, action string) (api.Ack, error) {
	return c.reportLab(ctx, id, func(l *labrecord.LabRecord, act parts.Act) error { return l.Begin(labrecord.ActionKind(action), act) })
}

// CompleteLabAction tells that an action is done. A discovered record of the lab that an import made gives way to the
// import's. Codes: lab_record_not_found, no_pending_action, other_action, lab_id_missing.
func (c *Commands) CompleteLabAction(ctx context.Context, id, action string, body api.LabActionReportBody) (api.Ack, error) {
	kind := labrecord.ActionKind(action)
	complete := func() (api.Ack, error) {
		return c.reportLab(ctx, id, func(l *labrecord.LabRecord, act parts.Act) error {
			if err := l.Complete(kind, body.LabID, act); err != nil {
				return err
			}
			if body.CMLState != "" && l.Facts.State != body.CMLState {
				facts := l.Facts
				facts.State = body.CMLState
				l.Observe(facts, act.At, act)
			}
			return nil
		})
	}
	ack, err := complete()
	if failure.CodeOf(err) != "lab_record_exists" {
		return ack, err
	}
	if err := c.retireTwin(ctx, id, body.LabID); err != nil {
		return api.Ack{}, err
	}
	return complete()
}

// retireTwin ends the record under which discovery knows a lab that has a record of its own.
func (c *Commands) retireTwin(ctx context.Context, id, labID string) error {
	l, _, err := c.d.LabRecords.Get(ctx, id)
	if err != nil {
		return err
	}
	twin, _, err := c.d.LabRecords.GetUnique(ctx, labrecord.Key(l.WorkerID, labID))
	if failure.Is(err, failure.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	_, _, _, err = c.updateLab(call.Because(call.AtGeneration(unkeyed(ctx), 0), "imported_as_"+id), twin.ID, func(l *labrecord.LabRecord, act parts.Act) error {
		l.Retire(act)
		return nil
	})
	return err
}

// FailLabAction tells that an action failed. Codes: lab_record_not_found, no_pending_action.
func (c *Commands) FailLabAction(ctx context.Context, id string, body api.LabActionReportBody) (api.Ack, error) {
	message := orElse(body.ErrorMessage, "The action failed.")
	return c.reportLab(ctx, id, func(l *labrecord.LabRecord, act parts.Act) error { return l.Fail(message, body.TransitionToError, act) })
}

// TimeOutLabActions fails the actions that nobody carried out in time, of one worker or of all.
func (c *Commands) TimeOutLabActions(ctx context.Context, workerID string) (api.TimedOutLabActions, error) {
	result := api.TimedOutLabActions{Errors: []api.LabScanError{}}
	waiting := store.Query{Equal: map[string][]string{FieldPending: actionKinds(), FieldStatus: LiveLabs()}}
	if workerID != "" {
		waiting.Equal[FieldWorker] = []string{workerID}
	}
	err := c.d.LabRecords.Walk(ctx, waiting, func(l *labrecord.LabRecord, _ repo.Meta) error {
		result.Scanned++
		if !l.Overdue(c.now()) {
			result.Skipped++
			return nil
		}
		_, err := c.reportLab(unkeyed(ctx), l.ID, func(l *labrecord.LabRecord, act parts.Act) error {
			_, err := l.TimeOut(act)
			return err
		})
		if err != nil {
			result.Errors = append(result.Errors, scanError(l.LabID, err))
			return nil
		}
		result.TimedOut++
		return nil
	})
	return result, err
}

func actionKinds() []string {
	return []string{
		string(labrecord.ActionStart), string(labrecord.ActionStop), string(labrecord.ActionWipe), string(labrecord.ActionDelete),
		string(labrecord.ActionImport),
	}
}

// SetLabStatus moves a lab along its table, to a status or to what a state of CML means. Codes: lab_record_not_found,
// bad_status, invalid_transition.
func (c *Commands) SetLabStatus(ctx context.Context, req api.LabStatusReport) (api.Ack, error) {
	to, err := lifecycle.LabRecords().Parse(req.Body.NewStatus)
	if err != nil {
		return api.Ack{}, failure.Wrap(err, failure.Invalid, "bad_status", "%q is not a status of a lab.", req.Body.NewStatus)
	}
	return c.reportLab(call.Because(ctx, req.Body.Reason), req.ID, func(l *labrecord.LabRecord, act parts.Act) error {
		if err := l.SetStatus(to, req.Body.ErrorMessage, act); err != nil {
			return err
		}
		if req.Body.CMLState != "" {
			l.Facts.State = req.Body.CMLState
		}
		return nil
	})
}

// OrphanLab tells that CML does not have a lab any more. Codes: lab_record_not_found.
func (c *Commands) OrphanLab(ctx context.Context, req api.LabAction) (api.Ack, error) {
	return c.reportLab(call.Because(ctx, whyOr(req.Body, "not_in_cml")), req.ID, func(l *labrecord.LabRecord, act parts.Act) error {
		l.Orphan(act)
		return nil
	})
}
