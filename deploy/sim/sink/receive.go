package sink

import (
	"errors"
	"net/http"
	"strings"

	cehttp "github.com/cloudevents/sdk-go/v2/protocol/http"
	"github.com/go-chi/chi/v5"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/web"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

const maxBody = 1 << 20

func (s *Server) router() http.Handler {
	r := chi.NewRouter()
	s.kit.Control(r)
	r.Get("/_sim/events", s.list)
	r.Delete("/_sim/events", s.remove)
	r.Get("/_sim/state", s.list)
	r.Group(func(r chi.Router) {
		r.Use(s.kit.Faults.Middleware(nil))
		r.Options("/*", s.handshake)
		r.Post("/*", s.receive)
	})
	return r
}

// handshake tells a sender that it may deliver and how fast.
func (s *Server) handshake(w http.ResponseWriter, r *http.Request) {
	origin := r.Header.Get("WebHook-Request-Origin")
	if origin == "" {
		kit.WriteError(w, http.StatusBadRequest, errors.New("WebHook-Request-Origin is missing"))
		return
	}
	w.Header().Set("Allow", "POST, OPTIONS")
	w.Header().Set("WebHook-Allowed-Origin", origin)
	w.Header().Set("WebHook-Allowed-Rate", s.cfg.AllowedRate)
	w.WriteHeader(http.StatusOK)
}

func (s *Server) receive(w http.ResponseWriter, r *http.Request) {
	if s.cfg.Token != "" && !web.SameSecret(web.Bearer(r), s.cfg.Token) {
		w.Header().Set("WWW-Authenticate", "Bearer")
		kit.WriteError(w, http.StatusUnauthorized, errors.New("bearer token is missing or wrong"))
		return
	}
	if cehttp.IsHTTPBatch(r.Header) {
		kit.WriteError(w, http.StatusUnsupportedMediaType, errors.New("batches are not accepted"))
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	mode := "binary"
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/cloudevents") {
		mode = "structured"
	}
	d := Delivery{Received: s.kit.Clock.Now(), Mode: mode, Path: r.URL.Path, Headers: webhookHeaders(r.Header)}
	event, err := cehttp.NewEventFromHTTPRequest(r)
	if err == nil {
		err = event.Validate()
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		kit.WriteError(w, http.StatusRequestEntityTooLarge, errors.New("event too large"))
		return
	case err != nil:
		kit.WriteError(w, http.StatusUnprocessableEntity, err)
		return
	}
	d.Event = *event
	if err := s.keep(d); err != nil {
		s.kit.Log.Error("event not kept", "error", err)
		kit.WriteError(w, http.StatusInternalServerError, errors.New("event not kept"))
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

// webhookHeaders are what a test of a sender wants to see, without credentials.
func webhookHeaders(h http.Header) map[string]string {
	out := map[string]string{}
	for name := range h {
		lower := strings.ToLower(name)
		if strings.HasPrefix(lower, "webhook-") || lower == "origin" || lower == "content-type" || lower == "user-agent" {
			out[lower] = h.Get(name)
		}
	}
	return out
}

func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	events := s.Deliveries(q.Get("subject"), q.Get("type"))
	kit.WriteJSON(w, http.StatusOK, map[string]any{
		"events": events, "total": len(events), "duplicates": s.Duplicates(),
	})
}

func (s *Server) remove(w http.ResponseWriter, _ *http.Request) {
	if err := s.clear(); err != nil {
		kit.WriteError(w, http.StatusInternalServerError, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
