package grading

import "time"

// judge fills in the report and the cut score of a run that is graded. The
// caller holds the lock.
func (s *Server) judge(p *partRecord, r *run, at time.Time) {
	kit := s.toolkits[p.ID]
	plan := planOf(kit.Rules, p.Pod)
	most := 0
	for _, section := range plan {
		most += section.points()
	}
	reached := most * s.timings.ScorePercent / 100
	if r.Outcome.ScoreOverride != nil {
		reached = min(most, max(0, *r.Outcome.ScoreOverride))
	}
	rep := &report{
		CreatedAt: at, Metadata: kit.Metadata, Score: reached, MaxScore: most,
		Sections: score(plan, reached, at), Variables: map[string]any{}, Generation: 1,
	}
	if kit.Rules.Checksum != "" {
		rep.GradingVersion = &kit.Rules.Checksum
	}
	if kit.Scoring != nil {
		rep.ScoringVersion = &kit.Scoring.Version
	}
	if before := p.report(); before != nil {
		rep.Generation, rep.Revision = before.Generation, before.Revision+1
		if r.Collects {
			rep.Generation, rep.Revision = before.Generation+1, 0
		}
	}
	r.Report, r.CutScore = rep, kit.cutScore(most, s.timings.CutPercent)
}

// cutScore is what the scoring requirements say, else a share of the maximum.
func (t toolkitRecord) cutScore(most, percent int) int {
	if t.Scoring != nil && t.Scoring.CutScore != nil {
		return *t.Scoring.CutScore
	}
	return (most*percent + 99) / 100
}

func (r run) passed() bool { return r.Report != nil && r.Report.Score >= r.CutScore }
