package grading

import (
	"slices"
	"time"
)

// The words of a part's and a session's status.
const (
	pending    = "PENDING"
	collecting = "COLLECTING"
	gradingNow = "GRADING"
	graded     = "GRADED"
	submitted  = "SUBMITTED"
	faulted    = "FAULTED"
)

// record is one session as it is kept on disk.
type record struct {
	ID          string       `json:"id"`
	CandidateID string       `json:"candidateId"`
	Created     time.Time    `json:"created"`
	Modified    *time.Time   `json:"modified,omitempty"`
	LDS         *ldsView     `json:"lds,omitempty"`
	Parts       []partRecord `json:"parts"`
}

// partRecord is one part. Its status is read off the last run.
type partRecord struct {
	ID        string     `json:"id"`
	Created   time.Time  `json:"created"`
	Modified  *time.Time `json:"modified,omitempty"`
	Submitted *time.Time `json:"submitted,omitempty"`
	Pod       *podView   `json:"pod,omitempty"`
	Runs      []run      `json:"runs"`
	Audit     []audit    `json:"audit"`
	// Sent counts the event slots dealt with; Replay changes the event ids.
	Sent   int `json:"sent"`
	Replay int `json:"replay,omitempty"`
}

// run is one grading of a part, from the request to its end.
type run struct {
	Collects     bool       `json:"collects"`
	CollectionID string     `json:"collectionId"`
	GradingID    string     `json:"gradingId"`
	AggregateID  string     `json:"aggregateId"`
	Outcome      outcome    `json:"outcome"`
	Released     *time.Time `json:"released,omitempty"`
	Steps        []step     `json:"steps"`
	Report       *report    `json:"report,omitempty"`
	CutScore     int        `json:"cutScore"`
}

// step is a status that the run took on.
type step struct {
	Status string    `json:"status"`
	At     time.Time `json:"at"`
}

type audit struct {
	Action     string    `json:"action"`
	User       auditUser `json:"actor"`
	Actionable string    `json:"actionable"`
	At         time.Time `json:"timestamp"`
}

type auditUser struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
}

// clone copies all that a command may change in place.
func (r record) clone() record {
	r.Parts = slices.Clone(r.Parts)
	for i := range r.Parts {
		r.Parts[i].Runs = slices.Clone(r.Parts[i].Runs)
	}
	return r
}

func (r *record) part(id string) *partRecord {
	for i := range r.Parts {
		if r.Parts[i].ID == id {
			return &r.Parts[i]
		}
	}
	return nil
}

func (r *record) touch(p *partRecord, now time.Time, action string) {
	r.Modified = &now
	if p == nil {
		return
	}
	p.Modified = &now
	p.Audit = append(slices.Clone(p.Audit), audit{
		Action: action, User: auditUser{ID: "service", Name: "service"}, Actionable: p.ID, At: now,
	})
}

func (p *partRecord) lastRun() *run {
	if len(p.Runs) == 0 {
		return nil
	}
	return &p.Runs[len(p.Runs)-1]
}

func (r run) last() step { return r.Steps[len(r.Steps)-1] }

// done tells whether the run has ended, well or not.
func (r run) done() bool { return r.last().Status == graded || r.last().Status == faulted }

func (p *partRecord) status() string {
	switch last := p.lastRun(); {
	case p.Submitted != nil:
		return submitted
	case last == nil:
		return pending
	default:
		return last.last().Status
	}
}

// status of a session is that of its part which got least far; a fault counts first.
func (r *record) status() string {
	order := []string{faulted, pending, collecting, gradingNow, graded, submitted}
	least := len(order)
	for i := range r.Parts {
		least = min(least, slices.Index(order, r.Parts[i].status()))
	}
	if least == len(order) {
		return pending
	}
	return order[least]
}

// report returns the newest score report.
func (p *partRecord) report() *report {
	for i := len(p.Runs) - 1; i >= 0; i-- {
		if p.Runs[i].Report != nil {
			return p.Runs[i].Report
		}
	}
	return nil
}
