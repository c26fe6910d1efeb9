package lds

import (
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/web"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// control adds the routes by which tests and developers steer the simulator.
func (s *Server) control(r chi.Router) {
	s.kit.Control(r)
	s.pusher.Control(r, s.kit.Disk)
	r.Get("/_sim/state", s.handle(s.dump))
	r.Get("/_sim/timings", func(w http.ResponseWriter, _ *http.Request) {
		kit.WriteJSON(w, http.StatusOK, s.settings())
	})
	r.Put("/_sim/timings", s.handle(s.putTimings))
	r.Post("/_sim/sessions/{id}/replay", s.handle(s.postReplay))
	r.Post("/_sim/sessions/{id}/{verb}", s.handle(s.act))
}

// act lets the candidate do something: begin, pause, resume or finish.
func (s *Server) act(w http.ResponseWriter, r *http.Request) error {
	verb := web.Param(r, "verb")
	doc, err := s.update(web.Param(r, "id"), func(doc *record, now time.Time) error {
		switch verb {
		case "begin":
			return doc.begin(now)
		case "pause":
			return doc.pause(now, "candidate")
		case "resume":
			return doc.resume(now)
		case "finish":
			return doc.finish(now, "user", "candidate finished")
		default:
			return missing("no such action: %s", verb)
		}
	})
	if err != nil {
		return err
	}
	kit.WriteJSON(w, http.StatusOK, doc.sessionView())
	return nil
}

// postReplay makes all events of a session due again; with ?fresh=true they get
// new ids.
func (s *Server) postReplay(w http.ResponseWriter, r *http.Request) error {
	if err := s.replay(web.Param(r, "id"), r.URL.Query().Get("fresh") == "true"); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) putTimings(w http.ResponseWriter, r *http.Request) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := s.timings.clone()
	if err := kit.DecodeJSON(r, maxBody, &next); err != nil {
		return invalidBody(err)
	}
	if err := next.validate(); err != nil {
		return invalid("%v", err)
	}
	next.AutoSince = s.timings.AutoSince
	if next.CandidateAuto {
		next.AutoSince = s.kit.Clock.Now()
	}
	if err := s.kit.Disk.Save(timingsDoc, next); err != nil {
		return err
	}
	s.timings = next
	kit.WriteJSON(w, http.StatusOK, next)
	return nil
}

func (s *Server) dump(w http.ResponseWriter, _ *http.Request) error {
	docs, err := s.all("")
	if err != nil {
		return err
	}
	sessions := make([]map[string]any, 0, len(docs))
	for _, doc := range docs {
		_, _, waiting := doc.pending(s.settings(), s.cfg.EventSource)
		sessions = append(sessions, map[string]any{
			"state": doc.state(), "record": doc, "events_waiting": waiting,
		})
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	kit.WriteJSON(w, http.StatusOK, map[string]any{"sessions": sessions, "folders": s.folders})
	return nil
}
