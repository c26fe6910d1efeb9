package kit

import (
	"net/http"
	"time"
)

// strike is one disturbed call.
type strike struct {
	faults *Faults
	armed  *armed
	rule   Rule
}

// strikeFor counts the call against the rules and returns the one that
// disturbs it, nil when none does.
func (f *Faults) strikeFor(r *http.Request, op string) *strike {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.rules {
		spent := a.Times > 0 && a.Fired >= a.Times
		if spent || !a.matches(r, op) {
			continue
		}
		a.Seen++
		if a.Seen > a.Skip {
			a.Fired++
			f.changed()
			return &strike{faults: f, armed: a, rule: a.Rule}
		}
		f.changed()
	}
	return nil
}

// hold waits for Release, Clear or replacement of the rule; false means that
// the client left first.
func (s *strike) hold(r *http.Request) bool {
	s.faults.mu.Lock()
	gate := s.armed.gate
	s.armed.Held++
	s.faults.mu.Unlock()
	select {
	case <-gate:
		return true
	case <-r.Context().Done():
		s.leave(gate)
		return false
	}
}

func (s *strike) leave(gate chan struct{}) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	if s.armed.gate == gate && s.armed.Held > 0 {
		s.armed.Held--
	}
}

// delay spends DelayMS of real time; false means that the client left first.
func (s *strike) delay(r *http.Request) bool {
	if s.rule.DelayMS == 0 {
		return true
	}
	timer := time.NewTimer(time.Duration(s.rule.DelayMS) * time.Millisecond)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

func (s *strike) answer(w http.ResponseWriter, r *http.Request) {
	for k, v := range s.rule.Header {
		w.Header().Set(k, v)
	}
	if s.rule.Body != "" {
		w.WriteHeader(s.rule.Status)
		_, _ = w.Write([]byte(s.rule.Body)) // the client may be gone: nothing to tell it
		return
	}
	s.faults.mu.Lock()
	render := s.faults.render
	s.faults.mu.Unlock()
	render(w, r, s.rule)
}

func renderJSON(w http.ResponseWriter, _ *http.Request, rule Rule) {
	WriteJSON(w, rule.Status, map[string]any{"code": rule.Code, "description": "injected fault"})
}
