package lds

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/web"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

func (s *Server) reportRoutes(r chi.Router) {
	r.Get("/reporting/lab_session", s.handle(s.reportSessions))
	r.Get("/reporting/feedback", s.handle(emptyReport))
	r.Get("/reporting/data/events", s.handle(emptyReport))
	r.Get("/reporting/options_order/find_sessions", s.handle(emptyReport))
	r.Get("/reporting/options_order/{id}", s.handle(s.optionsOrder))
	r.Get("/reporting/options_order/{id}/part/{num}", s.handle(s.optionsOrder))
}

// reportSessions lists all sessions, the newest first, by state when asked.
func (s *Server) reportSessions(w http.ResponseWriter, r *http.Request) error {
	docs, err := s.all(r.URL.Query().Get("state"))
	if err != nil {
		return err
	}
	views := make([]map[string]any, 0, len(docs))
	for _, doc := range docs {
		views = append(views, doc.sessionView())
	}
	kit.WriteJSON(w, http.StatusOK, map[string]any{"lab_sessions": views})
	return nil
}

// emptyReport answers reports about candidates' input, of which there is none.
func emptyReport(w http.ResponseWriter, _ *http.Request) error {
	kit.WriteJSON(w, http.StatusOK, []any{})
	return nil
}

func (s *Server) optionsOrder(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.get(web.Param(r, "id")); err != nil {
		return err
	}
	return emptyReport(w, r)
}

// partCode is the number of a part state; only that of PENDING is attested.
func partCode(verb string) int {
	switch verb {
	case running:
		return 200
	case paused:
		return 300
	case userFinished:
		return 400
	case finalized:
		return 500
	default:
		return 100
	}
}

// proxySummary tells the console proxy which devices a part has.
func (s *Server) proxySummary(w http.ResponseWriter, r *http.Request) error {
	return s.showPart(w, r, func(doc record, p part) any {
		devices := make([]map[string]any, 0, len(p.Devices))
		for i, d := range p.Devices {
			devices = append(devices, map[string]any{
				"id": i + 1, "device_label": d.Label, "device_name": d.Label,
				"ip_address": d.Host, "port_num": d.Port, "type": d.Protocol, "password": d.Password,
			})
		}
		return map[string]any{
			"devices": devices, "lds_sid": doc.ID, "lds_pid": p.Num, "message": "",
			"session_part_state":      partCode(doc.last(p.Num)),
			"session_part_state_name": doc.partState(p.Num), "whitelist_command_set": "",
		}
	})
}
