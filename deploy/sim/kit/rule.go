package kit

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// When a Drop or Hold takes effect.
const (
	Before = "before" // the simulator has not done its work
	After  = "after"  // the work is done, the answer not yet sent
)

// Rule says which calls are disturbed and how. An empty Method, Path or Op
// matches every call; in Path and Op a `*` stands for any run of characters.
type Rule struct {
	// ID names the rule; Add chooses one when empty.
	ID     string `json:"id,omitempty"`
	Method string `json:"method,omitempty"`
	Path   string `json:"path,omitempty"`
	// Op is the simulator's name of the operation, e.g. an EC2 action.
	Op string `json:"op,omitempty"`
	// Skip lets that many matching calls pass first.
	Skip int `json:"skip,omitempty"`
	// Times limits how often the rule strikes; 0 is for ever.
	Times int `json:"times,omitempty"`
	// Status, when set, is answered in place of doing the work.
	Status int `json:"status,omitempty"`
	// Code is the error code in the body that the simulator makes when Body is empty.
	Code   string            `json:"code,omitempty"`
	Body   string            `json:"body,omitempty"`
	Header map[string]string `json:"header,omitempty"`
	// DelayMS is real time in milliseconds, spent before anything else.
	DelayMS int `json:"delay_ms,omitempty"`
	// Drop cuts the connection Before or After the work.
	Drop string `json:"drop,omitempty"`
	// Hold keeps the call Before or After the work until Faults.Release.
	Hold string `json:"hold,omitempty"`
}

// Validate reports why a rule makes no sense, nil when it does.
func (r Rule) Validate() error {
	var errs []error
	if r.Drop != "" && r.Drop != Before && r.Drop != After {
		errs = append(errs, fmt.Errorf("drop is %q, want before or after", r.Drop))
	}
	if r.Hold != "" && r.Hold != Before && r.Hold != After {
		errs = append(errs, fmt.Errorf("hold is %q, want before or after", r.Hold))
	}
	if r.Status != 0 && (r.Status < 200 || r.Status > 599) {
		errs = append(errs, fmt.Errorf("status %d is outside 200..599", r.Status))
	}
	if r.Skip < 0 || r.Times < 0 || r.DelayMS < 0 {
		errs = append(errs, errors.New("skip, times and delay_ms must not be negative"))
	}
	if r.Status == 0 && r.DelayMS == 0 && r.Drop == "" && r.Hold == "" {
		errs = append(errs, errors.New("rule has no effect: set status, delay_ms, drop or hold"))
	}
	return errors.Join(errs...)
}

func (r Rule) matches(req *http.Request, op string) bool {
	return (r.Method == "" || strings.EqualFold(r.Method, req.Method)) &&
		(r.Path == "" || Glob(r.Path, req.URL.Path)) &&
		(r.Op == "" || Glob(r.Op, op))
}
