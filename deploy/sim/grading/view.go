package grading

import "time"

// The documents that clients read.

type sessionView struct {
	ID           string     `json:"id"`
	CandidateID  string     `json:"candidateId"`
	CreatedAt    time.Time  `json:"createdAt"`
	LastModified *time.Time `json:"lastModified"`
	LDS          *ldsView   `json:"lds"`
	Status       string     `json:"status"`
	Parts        []partView `json:"parts"`
}

type partView struct {
	ID            string     `json:"id"`
	CreatedAt     time.Time  `json:"createdAt"`
	LastModified  *time.Time `json:"lastModified"`
	FirstGraded   *time.Time `json:"firstGraded"`
	LastSubmitted *time.Time `json:"lastSubmitted"`
	Status        string     `json:"status"`
	StatusReason  *string    `json:"statusReason"`
	Pod           *podView   `json:"pod"`
	ScoreReport   *report    `json:"scoreReport"`
	AuditTrail    []audit    `json:"auditTrail"`
}

type ldsView struct {
	ID          *string `json:"id"`
	Environment *string `json:"environment"`
}

type podView struct {
	ID      *string  `json:"id"`
	Devices []device `json:"devices"`
}

func (r *record) view() sessionView {
	v := sessionView{
		ID: r.ID, CandidateID: r.CandidateID, CreatedAt: r.Created, LastModified: r.Modified,
		LDS: r.LDS, Status: r.status(), Parts: make([]partView, 0, len(r.Parts)),
	}
	for i := range r.Parts {
		v.Parts = append(v.Parts, r.Parts[i].view())
	}
	return v
}

func (p *partRecord) view() partView {
	v := partView{
		ID: p.ID, CreatedAt: p.Created, LastModified: p.Modified, LastSubmitted: p.Submitted,
		Status: p.status(), Pod: p.Pod, ScoreReport: p.report(), AuditTrail: p.Audit,
	}
	for _, r := range p.Runs {
		if r.Report != nil {
			v.FirstGraded = &r.Report.CreatedAt
			break
		}
	}
	if last := p.lastRun(); last != nil && last.last().Status == faulted {
		v.StatusReason = &last.Outcome.Reason
	}
	return v
}

func (c ldsRef) view() *ldsView { return &ldsView{ID: c.ID.value, Environment: c.Environment.value} }

func (p *pod) view() *podView {
	if p == nil {
		return nil
	}
	devices := p.Devices
	if devices == nil {
		devices = []device{}
	}
	return &podView{ID: p.ID.value, Devices: devices}
}
