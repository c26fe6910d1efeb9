package instance

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/grading"
)

const (
	// maxCheckText bounds what is kept of one check's words, in bytes, maxChecks how many checks are kept.
	maxCheckText = 300
	maxChecks    = 1000
)

// scoreOf puts a report into the API's words; ok is false for points that cannot be. unknown is the
// time of grading where the report does not say.
func scoreOf(r grading.Report, rulesURI string, unknown time.Time) (score *api.GradingScore, ok bool) {
	if r.Score < 0 || r.MaxScore < 0 || r.Score > r.MaxScore {
		return nil, false
	}
	score = &api.GradingScore{
		TotalPointsEarned: float64(r.Score), TotalPointsPossible: float64(r.MaxScore), GradedAt: r.GradedAt(unknown),
		GradingRulesURI: rulesURI, GradingRulesVersion: r.RulesetVersion, CheckResults: []api.GradingCheck{},
		Checks: []api.GradingCheck{}, // the API fills the copy
	}
	for _, section := range r.Sections {
		for _, item := range section.Items {
			if len(score.CheckResults) == maxChecks {
				return score, true
			}
			score.CheckResults = append(score.CheckResults, api.GradingCheck{
				CheckID: item.ID, CheckName: section.ID + "/" + item.ID, Passed: item.Score >= item.MaxScore,
				PointsEarned: float64(item.Score), PointsPossible: float64(item.MaxScore), Message: clip(item.Issues(), maxCheckText),
			})
		}
	}
	return score, true
}
