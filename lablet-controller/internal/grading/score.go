package grading

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/loosetime"
	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/rest"
)

// Report is the score of a part.
type Report struct {
	CreatedAt      loosetime.Time  `json:"createdAt"`
	LastModified   loosetime.Time  `json:"lastModified"`
	RulesetVersion string          `json:"gradingRulesetVersion"`
	Score          int             `json:"score"`
	MaxScore       int             `json:"maxScore"`
	Sections       []SectionReport `json:"sections"`
}

// GradedAt is when the report was last changed, unknown where the engine does not say.
func (r Report) GradedAt(unknown time.Time) time.Time {
	for _, at := range []loosetime.Time{r.LastModified, r.CreatedAt} {
		if !at.IsZero() {
			return at.UTC()
		}
	}
	return unknown.UTC()
}

// SectionReport is the score of a section.
type SectionReport struct {
	ID       string       `json:"id"`
	Score    int          `json:"score"`
	MaxScore int          `json:"maxScore"`
	Items    []ItemReport `json:"items"`
}

// ItemReport is the score of an item.
type ItemReport struct {
	ID       string       `json:"id"`
	Score    int          `json:"score"`
	MaxScore int          `json:"maxScore"`
	Results  []RuleResult `json:"evaluationResults"`
}

// RuleResult tells what a rule found wrong, if anything.
type RuleResult struct {
	Issue *struct {
		Type        string `json:"type"`
		Description string `json:"description"`
	} `json:"issue"`
}

// Issues says in one line what the rules of an item found wrong.
func (i ItemReport) Issues() string {
	var all []string
	for _, result := range i.Results {
		if result.Issue != nil && result.Issue.Description != "" {
			all = append(all, result.Issue.Description)
		}
	}
	return strings.Join(all, " ")
}

// CutScore is the score from which a part is passed; ok is false where its rules do not say.
func (c *Client) CutScore(ctx context.Context, partID string) (score int, ok bool, err error) {
	var rules struct {
		Scoring *struct {
			CutScore *int `json:"cutScore"`
		} `json:"scoring"`
	}
	path := "/sessions/parts/" + url.PathEscape(partID) + "/ruleset/grading/rules"
	if err := c.calls.Do(ctx, rest.Call{Method: http.MethodGet, Path: path}, &rules); err != nil {
		return 0, false, err
	}
	if rules.Scoring == nil || rules.Scoring.CutScore == nil {
		return 0, false, nil
	}
	return *rules.Scoring.CutScore, true, nil
}

// Synchronize makes the engine read a form's package again.
func (c *Client) Synchronize(ctx context.Context, partID string) error {
	body := map[string]string{"partId": partID}
	return c.calls.Do(ctx, rest.Call{Method: http.MethodPost, Path: "/sessions/parts/ruleset/grading/synchronize", Body: body}, nil)
}
