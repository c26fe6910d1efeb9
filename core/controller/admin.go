package controller

import (
	"encoding/json"
	"net/http"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/observe"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

// handler serves probes, admin routes and whatever the service put on Mux.
func (r *Runtime) handler() (http.Handler, error) {
	middleware, err := observe.HTTP(observe.HTTPOptions{Log: r.Log, Registry: r.Registry, TracerProvider: r.Tracer, Service: r.Service})
	if err != nil {
		return nil, err
	}
	info := r.info
	if info.Name == "" {
		info.Name = r.Service
	}
	probes := observe.NewProbes(observe.ProbesOptions{
		Info: info, Registry: r.Registry, Checks: r.checks, Log: r.Log,
		Standby: func() bool { return !r.elector.Status().IsLeader },
		Extra:   func() map[string]any { return map[string]any{"leader": r.elector.Status(), "stats": r.stats()} },
	})
	probes.Mount(r.Mux.Handle)
	r.Mux.HandleFunc("GET /admin/leader-status", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, r.elector.Status()) })
	r.Mux.HandleFunc("GET /admin/stats", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, r.stats()) })
	r.Mux.Handle("POST /admin/resign-leadership", r.Authenticated(r.resign))
	return middleware(r.Mux), nil
}

func (r *Runtime) stats() []reconcile.Stats {
	all := make([]reconcile.Stats, 0, len(r.queues))
	for _, q := range r.queues {
		all = append(all, q.Stats())
	}
	return all
}

func (r *Runtime) resign(w http.ResponseWriter, req *http.Request) {
	if !r.elector.Status().IsLeader {
		answer(w, http.StatusConflict, api.Problem{
			Type: api.ProblemURI("not_leader"), Title: http.StatusText(http.StatusConflict), Status: http.StatusConflict, Code: "not_leader",
			Detail: "This replica does not lead.", Instance: req.URL.Path,
		})
		return
	}
	r.elector.Resign()
	answer(w, http.StatusOK, map[string]string{"status": "resigned"})
}

// Authenticated lets only holders of this service's API key call a handler.
func (r *Runtime) Authenticated(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if r.Config.ControlPlaneKey.IsZero() || !r.Config.ControlPlaneKey.Equal(req.Header.Get(api.HeaderAPIKey)) {
			answer(w, http.StatusUnauthorized, api.Problem{
				Type: api.ProblemURI("bad_api_key"), Title: http.StatusText(http.StatusUnauthorized), Status: http.StatusUnauthorized,
				Code: "bad_api_key", Detail: "The " + api.HeaderAPIKey + " header does not hold this service's key.", Instance: req.URL.Path,
			})
			return
		}
		next(w, req)
	})
}

func answer(w http.ResponseWriter, status int, body any) {
	contentType := "application/json"
	if _, problem := body.(api.Problem); problem {
		contentType = api.ProblemType
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// The status is out; a caller that went away is no one's failure.
	_ = json.NewEncoder(w).Encode(body)
}
