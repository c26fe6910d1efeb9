// Package grading simulates the grading engine: sessions with parts and pods,
// asynchronous collection and grading, rulesets read from content packages, and
// the CloudEvents that tell of results.
package grading

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/labpackage"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/push"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// Objects reads object storage: the packages behind synchronize.
type Objects = labpackage.Objects

// Config is fixed for the life of a Server.
type Config struct {
	// Token, when set, is always accepted as bearer token.
	Token string
	// ClientID and ClientSecret get further tokens at POST /token; without a
	// ClientID that route refuses everybody.
	ClientID, ClientSecret string
	// Objects may be nil: then every part is known and has no rules of its own.
	Objects Objects
	// Sink receives the events; PUT /_sim/sink changes it at run time.
	Sink push.Sink
	// Transport carries the events; nil is the default transport.
	Transport http.RoundTripper
	// Timings replace DefaultTimings where nothing was kept from an earlier run.
	Timings *Timings
}

// Timings are the settings of PUT /_sim/timings. A body names only what changes.
type Timings struct {
	// QueueMS, CollectMS and GradeMS are simulated milliseconds that a part stays
	// PENDING, COLLECTING and GRADING.
	QueueMS   int64 `json:"queue_ms"`
	CollectMS int64 `json:"collect_ms"`
	GradeMS   int64 `json:"grade_ms"`
	// ScorePercent of the points is what candidates reach; CutPercent is the cut
	// score of a ruleset without scoring requirements of its own.
	ScorePercent int `json:"score_percent"`
	CutPercent   int `json:"cut_percent"`
	// TokenSeconds is how long a token of POST /token lives.
	TokenSeconds int64 `json:"token_seconds"`
	// AssessmentEvents and SessionEvents switch the two event families.
	AssessmentEvents bool `json:"assessment_events"`
	SessionEvents    bool `json:"session_events"`
}

const timingsDoc = "timings"

// DefaultTimings is what a new simulator starts with.
func DefaultTimings() Timings {
	return Timings{
		QueueMS: 500, CollectMS: 5_000, GradeMS: 5_000,
		ScorePercent: 80, CutPercent: 70, TokenSeconds: 300, AssessmentEvents: true,
	}
}

func loadTimings(disk *kit.Disk, initial *Timings) (Timings, error) {
	t := DefaultTimings()
	if initial != nil {
		t = *initial
	}
	if _, err := disk.Load(timingsDoc, &t); err != nil {
		return Timings{}, fmt.Errorf("grading: %w", err)
	}
	if err := t.validate(); err != nil {
		return Timings{}, fmt.Errorf("grading: timings: %w", err)
	}
	return t, nil
}

func (t Timings) validate() error {
	if t.QueueMS < 0 || t.CollectMS < 0 || t.GradeMS < 0 || t.TokenSeconds < 0 {
		return errors.New("times must not be negative")
	}
	if t.ScorePercent < 0 || t.ScorePercent > 100 || t.CutPercent < 0 || t.CutPercent > 100 {
		return errors.New("percentages must be in 0..100")
	}
	return nil
}
