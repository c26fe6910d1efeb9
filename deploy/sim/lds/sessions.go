package lds

import (
	"mime"
	"net/http"
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/web"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

const maxBody = 1 << 20

func decode(r *http.Request, into any) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return newProblem(http.StatusUnsupportedMediaType, "ERR_UNSUPPORTED_MEDIA_TYPE",
			"Content-Type must be application/json")
	}
	if err := kit.DecodeJSON(r, maxBody, into); err != nil {
		return invalidBody(err)
	}
	return nil
}

func (s *Server) createSession(w http.ResponseWriter, r *http.Request) error {
	var in body
	if err := decode(r, &in); err != nil {
		return err
	}
	var doc record
	err := doc.book(in, false)
	if err == nil {
		doc.Parts, err = partList(in)
	}
	if err == nil {
		doc, err = s.create(doc)
	}
	if err != nil {
		return err
	}
	location := s.base(r) + Base + "/lab_session/" + doc.ID
	w.Header().Set("Location", location)
	kit.WriteJSON(w, s.settings().CreateStatus, map[string]string{
		"location": location, "session_id": doc.ID, "message": "Session created",
	})
	return nil
}

func (s *Server) latestSession(w http.ResponseWriter, r *http.Request) error {
	wanted := r.URL.Query().Get("state")
	if wanted == "" {
		return invalid("state: query parameter is required")
	}
	docs, err := s.all(wanted)
	if err != nil {
		return err
	}
	if len(docs) == 0 {
		return missing("no session in state %s", wanted)
	}
	kit.WriteJSON(w, http.StatusOK, map[string]string{"latest_session_id": docs[0].ID, "state": wanted})
	return nil
}

func (s *Server) getSession(w http.ResponseWriter, r *http.Request) error {
	return s.show(w, r, func(doc record) any { return doc.sessionView() })
}

func (s *Server) statuses(w http.ResponseWriter, r *http.Request) error {
	return s.show(w, r, func(doc record) any { return doc.statusesView() })
}

func (s *Server) logs(w http.ResponseWriter, r *http.Request) error {
	return s.show(w, r, func(doc record) any { return doc.logsView() })
}

func (s *Server) accessLog(w http.ResponseWriter, r *http.Request) error {
	return s.show(w, r, func(doc record) any { return doc.accessLogView() })
}

func (s *Server) feedback(w http.ResponseWriter, r *http.Request) error {
	return s.show(w, r, func(record) any { return map[string]any{"session_part_feedback": []any{}} })
}

func (s *Server) show(w http.ResponseWriter, r *http.Request, view func(record) any) error {
	doc, err := s.get(web.Param(r, "id"))
	if err != nil {
		return err
	}
	kit.WriteJSON(w, http.StatusOK, view(doc))
	return nil
}

func (s *Server) patchSession(w http.ResponseWriter, r *http.Request) error {
	var in body
	if err := decode(r, &in); err != nil {
		return err
	}
	doc, err := s.update(web.Param(r, "id"), func(doc *record, _ time.Time) error {
		if doc.last(0) == finalized {
			return conflict("session is %s", doc.state())
		}
		return doc.book(in, true)
	})
	if err != nil {
		return err
	}
	kit.WriteJSON(w, http.StatusOK, doc.sessionView())
	return nil
}

// base is the address of this LDS in links.
func (s *Server) base(r *http.Request) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.cfg.BaseURL != "" {
		return s.cfg.BaseURL
	}
	return web.BaseURL(r)
}
