package grading

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/push"
)

const (
	families         = 2 // each step has a slot for each event family
	assessmentSource = "assessment-platform"
	sessionSource    = "grading-engine"
)

// pending returns the oldest event of a part that the sink has not accepted.
func (p *partRecord) pending(session string, t Timings) (push.Event, int, bool) {
	slot := -1
	for i := range p.Runs {
		for n := range p.Runs[i].Steps {
			for family := range families {
				if slot++; slot < p.Sent {
					continue
				}
				e, found := p.Runs[i].event(session, n, family, t)
				if !found {
					continue
				}
				name := fmt.Sprintf("%s/%s/%d/%d", session, p.ID, slot, p.Replay)
				e.ID = uuid.NewSHA1(uuid.NameSpaceURL, []byte(name)).String()
				return e, slot, true
			}
		}
	}
	return push.Event{}, 0, false
}

func (r run) event(session string, n, family int, t Timings) (push.Event, bool) {
	e := push.Event{Subject: r.AggregateID, Time: r.Steps[n].At}
	switch {
	case family == 0 && t.AssessmentEvents:
		e.Source = assessmentSource
		e.Type, e.Data = r.assessment(session, n)
	case family == 1 && t.SessionEvents:
		e.Source = sessionSource
		e.Type, e.Data = r.outcomeEvent(session, n)
	}
	return e, e.Type != ""
}

// assessment is the family assessment.{collection,grading}.{completed,failed}.v1.
func (r run) assessment(session string, n int) (string, map[string]any) {
	at := r.Steps[n].At.Format(time.RFC3339Nano)
	data := map[string]any{"aggregate_id": r.AggregateID, "session_id": session}
	status, before := r.Steps[n].Status, ""
	if n > 0 {
		before = r.Steps[n-1].Status
	}
	switch {
	case before == collecting && status == gradingNow:
		data["collection_id"], data["collected_at"] = r.CollectionID, at
		data["collection_summary"], data["device_count"], data["artifacts_uri"] = map[string]any{}, 0, nil
		return "assessment.collection.completed.v1", data
	case status == graded:
		data["grading_id"], data["graded_at"] = r.GradingID, at
		data["score"], data["passed"], data["feedback"] = r.scoreMap(), r.passed(), nil
		data["grading_rules_uri"], data["grading_rules_version"] = nil, r.Report.GradingVersion
		return "assessment.grading.completed.v1", data
	case status == faulted:
		data["failed_at"], data["error_code"], data["error_message"] = at, r.Outcome.Code, r.Outcome.Reason
		if before == collecting {
			data["collection_id"] = r.CollectionID
			data["retry_possible"], data["retry_count"] = r.Outcome.RetryPossible, 0
			return "assessment.collection.failed.v1", data
		}
		data["grading_id"] = r.GradingID
		return "assessment.grading.failed.v1", data
	}
	return "", nil
}

// outcomeEvent is the family grading.session.{completed,failed}.
func (r run) outcomeEvent(session string, n int) (string, map[string]any) {
	data := map[string]any{"grading_session_id": session, "session_id": r.AggregateID}
	switch r.Steps[n].Status {
	case graded:
		breakdown := []map[string]any{}
		for _, s := range r.Report.Sections {
			breakdown = append(breakdown, map[string]any{"criterion": s.ID, "points": s.Score, "max": s.MaxScore})
		}
		data["score"] = map[string]any{"total": r.Report.Score, "max": r.Report.MaxScore, "breakdown": breakdown}
		data["passed"] = r.passed()
		return "grading.session.completed", data
	case faulted:
		data["error_code"], data["error_message"] = r.Outcome.Code, r.Outcome.Reason
		return "grading.session.failed", data
	}
	return "", nil
}

func (r run) scoreMap() map[string]any {
	checks := []map[string]any{}
	for _, s := range r.Report.Sections {
		for _, i := range s.Items {
			checks = append(checks, map[string]any{
				"check_id": i.ID, "check_name": i.ID, "points_earned": i.Score, "points_possible": i.MaxScore,
				"passed": i.Score == i.MaxScore, "details": nil,
			})
		}
	}
	return map[string]any{
		"total_points_earned": r.Report.Score, "total_points_possible": r.Report.MaxScore,
		"check_results": checks,
	}
}
