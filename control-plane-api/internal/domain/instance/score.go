package instance

import (
	"encoding/json"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// ConditionGraded tells why there is a score or none.
const ConditionGraded = "Graded"

// Score is the result of grading.
type Score struct {
	Earned       float64   `json:"total_points_earned"`
	Possible     float64   `json:"total_points_possible"`
	Percentage   float64   `json:"percentage"`
	Passed       *bool     `json:"passed,omitempty"`
	Checks       []Check   `json:"check_results"`
	GradedAt     time.Time `json:"graded_at"`
	RulesURI     string    `json:"grading_rules_uri,omitempty"`
	RulesVersion string    `json:"grading_rules_version,omitempty"`
	Grader       string    `json:"grader_version,omitempty"`
}

// Check is the result of one check.
type Check struct {
	ID       string  `json:"check_id"`
	Name     string  `json:"check_name"`
	Passed   bool    `json:"passed"`
	Earned   float64 `json:"points_earned"`
	Possible float64 `json:"points_possible"`
	Message  string  `json:"message,omitempty"`
}

func (s *Score) validate() error {
	if s.Possible < 0 || s.Earned < 0 || s.Earned > s.Possible {
		return failure.New(failure.Invalid, "bad_score", "points earned must lie between 0 and the points possible")
	}
	s.Percentage = 0
	if s.Possible > 0 {
		s.Percentage = s.Earned / s.Possible * 100
	}
	return nil
}

// RecordScore stores the result of grading, or that there is none and why: score nil with a reason. It belongs to the
// present attempt, between collecting and grading. The same result again is no change, another one is refused.
func (i *Instance) RecordScore(attempt int, score *Score, reason, message string, act parts.Act) error {
	if i.AttemptOver(attempt) {
		return attemptOver(attempt)
	}
	if score != nil {
		if err := score.validate(); err != nil {
			return err
		}
	} else if reason == "" {
		return failure.New(failure.Invalid, "reason_missing", "without a score a reason is needed")
	}
	if i.Graded && sameScore(i.Score, score) {
		return nil
	}
	if i.Graded || (i.Status != lifecycle.InstanceCollecting && i.Status != lifecycle.InstanceGrading) {
		return failure.New(failure.Conflict, "invalid_transition", "an instance that is %s takes no score now", i.Status)
	}
	i.Score, i.Graded, i.UpdatedAt = score, true, act.At
	condition := readmodel.Condition{Type: ConditionGraded, Status: readmodel.ConditionTrue, Reason: "scored", Message: message}
	if score == nil {
		condition.Status, condition.Reason = readmodel.ConditionFalse, reason
	}
	if _, err := parts.SetCondition(&i.Conditions, condition, act.At); err != nil {
		return err
	}
	i.Raise(EventScoreRecorded, scoreRecorded{base: base{i.ID}, Score: score, Reason: reason, ScoredAt: act.At})
	return nil
}

func sameScore(a, b *Score) bool {
	if a == nil || b == nil {
		return a == b
	}
	left, err := json.Marshal(a)
	if err != nil {
		return false
	}
	right, err := json.Marshal(b)
	return err == nil && string(left) == string(right)
}

func attemptOver(attempt int) error {
	return failure.New(failure.Conflict, "attempt_over", "attempt %d is over", attempt)
}
