package labrecord

import (
	"slices"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// Run is one time that the lab ran.
type Run struct {
	ID         string     `json:"run_id"`
	InstanceID string     `json:"lablet_instance_id,omitempty"`
	StartedBy  string     `json:"started_by,omitempty"`
	StartedAt  time.Time  `json:"started_at"`
	EndedAt    *time.Time `json:"ended_at,omitempty"`
	Outcome    string     `json:"outcome,omitempty"`
	StopReason string     `json:"stop_reason,omitempty"`
}

// RecordRun keeps a run; one that is known by its id is completed. The same again is no change. Codes: bad_run.
func (l *LabRecord) RecordRun(run Run, act parts.Act) error {
	if run.EndedAt != nil && run.EndedAt.Before(run.StartedAt) {
		return failure.New(failure.Invalid, "bad_run", "A run ends after it has begun.")
	}
	if run.StartedBy == "" {
		run.StartedBy = act.By
	}
	at := slices.IndexFunc(l.Runs, func(have Run) bool { return have.ID == run.ID })
	switch {
	case at < 0:
		l.Runs = last(append(l.Runs, run), maxRuns)
	case sameRun(l.Runs[at], run):
		return nil
	default:
		l.Runs[at] = run
	}
	l.UpdatedAt = act.At
	l.Note(EventRunRecorded, runRecorded{base: l.base(), Run: run})
	return nil
}

func sameRun(a, b Run) bool {
	return a.ID == b.ID && a.InstanceID == b.InstanceID && a.StartedBy == b.StartedBy && a.StartedAt.Equal(b.StartedAt) &&
		parts.SameTime(a.EndedAt, b.EndedAt) && a.Outcome == b.Outcome && a.StopReason == b.StopReason
}
