package grading

import (
	"net/http"
	"slices"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

const maxOutcomes = 1000

// control adds the routes by which tests and developers steer the simulator.
func (s *Server) control(r chi.Router) {
	s.kit.Control(r)
	s.pusher.Control(r, s.kit.Disk)
	r.Get("/_sim/state", s.handle(s.dump))
	r.Get("/_sim/timings", s.handle(s.getTimings))
	r.Put("/_sim/timings", s.handle(s.putTimings))
	r.Get("/_sim/outcomes", s.handle(s.getOutcomes))
	r.Post("/_sim/outcomes", s.handle(s.addOutcome))
	r.Delete("/_sim/outcomes", s.handle(s.clearOutcomes))
	r.Delete("/_sim/tokens", s.handle(s.revokeTokens))
	r.Post("/_sim/sessions/{id}/parts/{part}/release", s.handle(s.releasePart))
	r.Post("/_sim/sessions/{id}/parts/{part}/replay", s.handle(s.replayPart))
}

func (s *Server) getTimings(w http.ResponseWriter, _ *http.Request) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	kit.WriteJSON(w, http.StatusOK, s.timings)
	return nil
}

func (s *Server) putTimings(w http.ResponseWriter, r *http.Request) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := s.timings
	if err := kit.DecodeJSON(r, maxBody, &next); err != nil {
		return newProblem(http.StatusBadRequest, "%v", err)
	}
	if err := next.validate(); err != nil {
		return newProblem(http.StatusBadRequest, "%v", err)
	}
	if err := save(s.kit.Disk, timingsDoc, next, &s.timings); err != nil {
		return err
	}
	kit.WriteJSON(w, http.StatusOK, next)
	return nil
}

func (s *Server) getOutcomes(w http.ResponseWriter, _ *http.Request) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	kit.WriteJSON(w, http.StatusOK, map[string]any{"outcomes": slices.Clone(s.outcomes)})
	return nil
}

// addOutcome changes how coming runs end: a failure, a score or being stuck.
func (s *Server) addOutcome(w http.ResponseWriter, r *http.Request) error {
	var in outcomeRule
	err := kit.DecodeJSON(r, maxBody, &in)
	if err == nil {
		err = in.validate()
	}
	if err != nil {
		return newProblem(http.StatusBadRequest, "%v", err)
	}
	in.ID, in.Used = uuid.NewString(), 0
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.outcomes) >= maxOutcomes {
		return newProblem(http.StatusBadRequest, "too many outcomes")
	}
	if err := save(s.kit.Disk, outcomesDoc, append(slices.Clone(s.outcomes), in), &s.outcomes); err != nil {
		return err
	}
	kit.WriteJSON(w, http.StatusCreated, in)
	return nil
}

// clearOutcomes changes coming runs only: one that is stuck stays so.
func (s *Server) clearOutcomes(w http.ResponseWriter, _ *http.Request) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := save(s.kit.Disk, outcomesDoc, nil, &s.outcomes); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) revokeTokens(w http.ResponseWriter, _ *http.Request) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := save(s.kit.Disk, tokensDoc, map[string]time.Time{}, &s.tokens); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// releasePart lets a run go on that is stuck.
func (s *Server) releasePart(w http.ResponseWriter, r *http.Request) error {
	return s.editPart(w, r, func(_ *record, p *partRecord, now time.Time) error {
		last := p.lastRun()
		if last == nil || last.last().Status != last.Outcome.StuckIn {
			return newProblem(http.StatusConflict, "part %s is not stuck", p.ID)
		}
		last.Released = &now
		return nil
	})
}

// replayPart makes all events of a part due again; with ?fresh=true they get new
// ids.
func (s *Server) replayPart(w http.ResponseWriter, r *http.Request) error {
	return s.editPart(w, r, func(_ *record, p *partRecord, _ time.Time) error {
		p.Sent = 0
		if r.URL.Query().Get("fresh") == "true" {
			p.Replay++
		}
		return nil
	})
}

func (s *Server) dump(w http.ResponseWriter, _ *http.Request) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	sessions := make([]map[string]any, 0, len(s.sessions))
	for id := range s.sessions {
		doc, err := s.refresh(id)
		if err != nil {
			return err
		}
		sessions = append(sessions, map[string]any{"session": doc.view(), "record": doc})
	}
	kit.WriteJSON(w, http.StatusOK, map[string]any{"sessions": sessions, "toolkits": s.toolkits})
	return nil
}
