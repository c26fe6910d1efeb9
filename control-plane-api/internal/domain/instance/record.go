package instance

import (
	"maps"
	"slices"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// maxSteps bounds the steps that an instance carries.
const maxSteps = 64

// Step is the result of one step, with the refs that it made.
type Step struct {
	Name, Error  string
	Attempt      int
	Status       readmodel.StepStatus
	Result       map[string]string
	CMLLabID     string
	LDSSessionID string
	LoginURL     string
	EvidenceURI  string
	Condition    *readmodel.Condition
}

// RecordStep stores how a step of the present attempt went. A failure counts a try each time; a result that is there
// already is no change.
func (i *Instance) RecordStep(s Step, act parts.Act) error {
	if i.AttemptOver(s.Attempt) {
		return attemptOver(s.Attempt)
	}
	changed := i.keepRefs(s.CMLLabID, s.LDSSessionID, s.LoginURL, s.EvidenceURI)
	if s.Condition != nil {
		set, err := parts.SetCondition(&i.Conditions, *s.Condition, act.At)
		if err != nil {
			return err
		}
		changed = changed || set
	}
	step, stepChanged, err := i.putStep(s, act)
	if err != nil {
		return err
	}
	if changed || stepChanged {
		i.note(act, EventStepRecorded, stepRecorded{
			base: base{i.ID}, Step: step.Name, Attempt: step.Attempt, Status: string(step.Status), Tries: step.Tries, Error: step.Error, At: act.At,
		})
	}
	return nil
}

func (i *Instance) putStep(s Step, act parts.Act) (readmodel.Step, bool, error) {
	next := readmodel.Step{Name: s.Name, Attempt: s.Attempt, Status: s.Status, Error: s.Error, At: act.At, Result: s.Result}
	at := slices.IndexFunc(i.Steps, func(have readmodel.Step) bool { return have.Name == s.Name && have.Attempt == s.Attempt })
	if at < 0 {
		if len(i.Steps) >= maxSteps {
			return next, false, failure.New(failure.Conflict, "too_many_steps", "no more than %d steps are kept", maxSteps)
		}
		at = len(i.Steps)
		i.Steps = append(i.Steps, readmodel.Step{})
	}
	have := i.Steps[at]
	next.Tries = have.Tries
	if s.Status == readmodel.StepFailed {
		next.Tries++
	} else if have.Status == s.Status && have.Error == s.Error && maps.Equal(have.Result, s.Result) {
		return have, false, nil
	}
	i.Steps[at] = next
	return next, true, nil
}

// SetConditions sets conditions by type; without a difference nothing changes.
func (i *Instance) SetConditions(conditions []readmodel.Condition, act parts.Act) error {
	var types []string
	for _, condition := range conditions {
		changed, err := parts.SetCondition(&i.Conditions, condition, act.At)
		if err != nil {
			return err
		}
		if changed {
			types = append(types, condition.Type)
		}
	}
	if len(types) > 0 {
		i.note(act, EventConditionsUpdated, parts.ConditionsChanged{AggregateID: i.ID, Types: types, At: act.At})
	}
	return nil
}
