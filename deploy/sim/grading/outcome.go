package grading

import (
	"errors"
	"slices"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// outcome says how a run ends. The zero value is the normal course.
type outcome struct {
	// FailIn ends the run FAULTED in that phase: COLLECTING or GRADING.
	FailIn        string `json:"fail_in,omitempty"`
	Reason        string `json:"reason,omitempty"`
	Code          string `json:"code,omitempty"`
	RetryPossible bool   `json:"retry_possible,omitempty"`
	ScoreOverride *int   `json:"score,omitempty"`
	StuckIn       string `json:"stuck_in,omitempty"` // stays in that status until released
}

// outcomeRule applies an outcome to runs requested from now on. In Session and
// Part a `*` stands for any run of characters; empty matches all.
type outcomeRule struct {
	ID      string `json:"id"`
	Session string `json:"session,omitempty"`
	Part    string `json:"part,omitempty"`
	// Times limits how many runs are affected; 0 is for ever.
	Times int `json:"times,omitempty"`
	Used  int `json:"used"`
	outcome
}

func (o outcomeRule) validate() error {
	phases := []string{"", collecting, gradingNow}
	if !slices.Contains(phases, o.FailIn) {
		return errors.New("fail_in must be COLLECTING or GRADING")
	}
	if !slices.Contains(append(phases, pending), o.StuckIn) {
		return errors.New("stuck_in must be PENDING, COLLECTING or GRADING")
	}
	if o.FailIn != "" && o.Reason == "" {
		return errors.New("reason is required with fail_in")
	}
	if o.Times < 0 {
		return errors.New("times must not be negative")
	}
	return nil
}

// outcomeFor picks the outcome of a new run and counts its use. The caller holds
// the lock.
func (s *Server) outcomeFor(session, part string) (outcome, error) {
	for i, o := range s.outcomes {
		matches := (o.Session == "" || kit.Glob(o.Session, session)) && (o.Part == "" || kit.Glob(o.Part, part))
		if !matches || (o.Times > 0 && o.Used >= o.Times) {
			continue
		}
		next := slices.Clone(s.outcomes)
		next[i].Used++
		if err := s.kit.Disk.Save(outcomesDoc, next); err != nil {
			return outcome{}, err
		}
		s.outcomes = next
		return o.outcome, nil
	}
	return outcome{}, nil
}
