package grading

import (
	"fmt"
	"time"
)

// report is a SessionPartScoreReport.
type report struct {
	CreatedAt      time.Time       `json:"createdAt"`
	LastModified   *time.Time      `json:"lastModified"`
	Metadata       map[string]any  `json:"gradingToolkitPackageMetadata"`
	GradingVersion *string         `json:"gradingRulesetVersion"`
	ScoringVersion *int            `json:"scoringRulesetVersion"`
	Generation     int             `json:"generation"`
	Revision       int             `json:"revision"`
	Score          int             `json:"score"`
	MaxScore       int             `json:"maxScore"`
	Sections       []sectionReport `json:"sections"`
	Variables      map[string]any  `json:"variables"`
}

type sectionReport struct {
	ID           string       `json:"id"`
	CreatedAt    time.Time    `json:"createdAt"`
	LastModified *time.Time   `json:"lastModified"`
	Score        int          `json:"score"`
	MaxScore     int          `json:"maxScore"`
	Items        []itemReport `json:"items"`
}

type itemReport struct {
	ID        string       `json:"id"`
	Score     int          `json:"score"`
	Type      string       `json:"type"`
	MaxScore  int          `json:"maxScore"`
	FieldTest bool         `json:"fieldTest"`
	Results   []ruleResult `json:"evaluationResults"`
	Questions []any        `json:"questions"`
}

type ruleResult struct {
	RuleIndex     int               `json:"ruleIndex"`
	Command       *string           `json:"command"`
	CommandOutput *string           `json:"commandOutput"`
	InputVariable *string           `json:"inputVariable"`
	Outputs       map[string]string `json:"outputVariables"`
	Issue         *issue            `json:"issue"`
}

type issue struct {
	Type        string `json:"type"`
	Description string `json:"description"`
}

const pointsPerDevice = 10

// planOf returns the sections to score: those of the rules that give points,
// else one section for each device of the pod.
func planOf(r rules, p *podView) []section {
	var plan []section
	for _, s := range r.Sections {
		if s.points() > 0 {
			plan = append(plan, s)
		}
	}
	if len(plan) > 0 || p == nil {
		return plan
	}
	for i, d := range p.Devices {
		plan = append(plan, section{
			Index: i + 1, Description: d.Label, Points: pointsPerDevice,
			Items: []item{{Index: 1, Description: d.Label, Points: pointsPerDevice}},
		})
	}
	return plan
}

// score hands out the points reached from the first item on until none are left.
func score(plan []section, reached int, at time.Time) []sectionReport {
	out := make([]sectionReport, 0, len(plan))
	for _, s := range plan {
		sr := sectionReport{ID: fmt.Sprintf("s%d", s.Index), CreatedAt: at, MaxScore: s.points(), Items: []itemReport{}}
		left := sr.MaxScore
		for n, i := range s.Items {
			most := min(i.Points, left)
			if n == len(s.Items)-1 { // the last item takes what the section gives beyond its items
				most = left
			}
			got := min(most, reached)
			left, reached, sr.Score = left-most, reached-got, sr.Score+got
			sr.Items = append(sr.Items, itemOf(s, i, got, most))
		}
		if len(s.Items) == 0 {
			sr.Score = min(sr.MaxScore, reached)
			reached -= sr.Score
		}
		out = append(out, sr)
	}
	return out
}

func itemOf(s section, i item, got, most int) itemReport {
	id := i.ID
	if id == "" {
		id = fmt.Sprintf("s%d.i%d", s.Index, i.Index)
	}
	results := make([]ruleResult, 0, len(i.Rules))
	for n, r := range i.Rules {
		result := ruleResult{RuleIndex: n, Outputs: map[string]string{}}
		if r.Command != "" {
			result.Command = &r.Command
		}
		if got < most {
			result.Issue = &issue{Type: "mismatch", Description: "The expected pattern was not found."}
		}
		results = append(results, result)
	}
	return itemReport{
		ID: id, Score: got, Type: "device", MaxScore: most, FieldTest: i.FieldTest,
		Results: results, Questions: []any{},
	}
}
