package instance

import (
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// GradeNow begins grading at a person's wish, which needs the evidence to be stored (evidence_missing).
func (i *Instance) GradeNow(act parts.Act) error {
	if i.Status == lifecycle.InstanceCollecting && i.EvidenceURI == "" {
		return failure.New(failure.Conflict, "evidence_missing", "the candidate's work has not been collected yet")
	}
	return i.Grade(act)
}

// CollectAndGrade takes a session as far towards its result as it can go now: a running one is collected, and graded when
// that is done; one whose evidence is stored is graded. One that is on its way already is not changed.
func (i *Instance) CollectAndGrade(act parts.Act) error {
	switch i.Status {
	case lifecycle.InstanceGrading:
		return nil
	case lifecycle.InstanceCollecting:
		if i.EvidenceURI == "" {
			return nil
		}
		return i.Grade(act)
	default:
		return i.Collect(act)
	}
}

// ForceDropFinalizer forgets something that LCM made outside although nobody saw it gone, at the wish of an admin who knows
// better. Dropping what is not there is no change.
func (i *Instance) ForceDropFinalizer(kind readmodel.FinalizerKind, attempt int, act parts.Act) error {
	if err := checkKind(kind); err != nil {
		return err
	}
	dropped, ok := parts.DropFinalizer(&i.Finalizers, kind, attempt)
	if !ok {
		return nil
	}
	told := finalizerChanged(i.ID, dropped, act)
	told.Forced = true
	i.note(act, EventFinalizerDropped, told)
	return nil
}
