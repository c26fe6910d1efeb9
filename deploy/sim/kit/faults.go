package kit

import (
	"net/http"
	"strconv"
	"sync"
)

// Faults disturbs the calls to one simulator by rules. It is safe for
// concurrent use.
type Faults struct {
	mu     sync.Mutex
	rules  []*armed
	serial int
	render Render
	keep   func([]RuleState)
}

// Render writes the answer of a rule with a Status and without a Body.
type Render func(w http.ResponseWriter, r *http.Request, rule Rule)

// RuleState is a rule and how far it got; this is what survives a restart.
type RuleState struct {
	Rule
	// Seen counts the matching calls, Fired those that were disturbed.
	Seen  int `json:"seen"`
	Fired int `json:"fired"`
	// Held counts the calls that wait for Release now.
	Held int `json:"held"`
}

type armed struct {
	RuleState
	gate chan struct{}
}

// NewFaults returns a set without rules that answers errors as JSON.
func NewFaults() *Faults { return &Faults{render: renderJSON} }

// SetRender chooses the form of error answers, e.g. the XML of EC2.
func (f *Faults) SetRender(render Render) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.render = render
}

// Add appends a rule and returns its id; a rule with the id of an earlier one
// replaces it and lets go the calls that one held. Of several matching rules
// the earliest strikes.
func (f *Faults) Add(rule Rule) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if rule.ID == "" {
		rule.ID = f.freeID()
	}
	f.drop(rule.ID)
	f.rules = append(f.rules, &armed{RuleState: RuleState{Rule: rule}, gate: make(chan struct{})})
	f.changed()
	return rule.ID
}

// Clear removes all rules and lets held calls go.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.rules {
		close(a.gate)
	}
	f.rules = nil
	f.changed()
}

// Rules returns the rules in order.
func (f *Faults) Rules() []Rule {
	states := f.States()
	rules := make([]Rule, len(states))
	for i, s := range states {
		rules[i] = s.Rule
	}
	return rules
}

// States returns the rules with their counters, in order.
func (f *Faults) States() []RuleState {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.states()
}

// Release lets go the calls that the rule holds now and reports whether there
// were any. Calls that match later are held again.
func (f *Faults) Release(id string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.rules {
		if a.ID == id && a.Held > 0 {
			close(a.gate)
			a.gate, a.Held = make(chan struct{}), 0
			return true
		}
	}
	return false
}

func (f *Faults) freeID() string {
	for {
		f.serial++
		id := "f" + strconv.Itoa(f.serial)
		if f.find(id) == nil {
			return id
		}
	}
}

func (f *Faults) find(id string) *armed {
	for _, a := range f.rules {
		if a.ID == id {
			return a
		}
	}
	return nil
}

func (f *Faults) drop(id string) {
	for i, a := range f.rules {
		if a.ID == id {
			close(a.gate)
			f.rules = append(f.rules[:i], f.rules[i+1:]...)
			return
		}
	}
}

func (f *Faults) states() []RuleState {
	out := make([]RuleState, len(f.rules))
	for i, a := range f.rules {
		out[i] = a.RuleState
	}
	return out
}

func (f *Faults) changed() {
	if f.keep != nil {
		f.keep(f.states())
	}
}

func (f *Faults) restore(states []RuleState) {
	for _, s := range states {
		s.Held = 0
		f.rules = append(f.rules, &armed{RuleState: s, gate: make(chan struct{})})
	}
}
