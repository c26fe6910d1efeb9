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
	r.adminRoutes()
	return middleware(r.Mux), nil
}

// AdminPrefixes are the two that admin routes are known by. A service mounts its own below both, behind Admin.
func AdminPrefixes() []string { return []string{"/admin", "/api/admin"} }

// adminRoutes mounts the admin routes, below both of the prefixes that they are known by.
func (r *Runtime) adminRoutes() {
	for _, prefix := range AdminPrefixes() {
		r.Mux.HandleFunc("GET "+prefix+"/leader-status", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, r.elector.Status()) })
		r.Mux.HandleFunc("GET "+prefix+"/stats", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, r.stats()) })
		r.Mux.Handle("GET "+prefix+"/keys", r.Admin(r.keys))
		r.Mux.Handle("POST "+prefix+"/trigger-reconcile", r.Admin(r.trigger))
		r.Mux.Handle("POST "+prefix+"/resign-leadership", r.Admin(r.resign))
	}
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
		notLeader(w, req)
		return
	}
	r.Log.WarnContext(req.Context(), "leadership is given up on request", "by", Caller(req.Context()))
	r.elector.Resign()
	answer(w, http.StatusOK, resigned{
		Status: "resigned", Message: "The leadership is given up as soon as the work in flight has stopped.", By: Caller(req.Context()),
	})
}

type resigned struct {
	Status  string `json:"status"`
	Message string `json:"message"`
	By      string `json:"triggered_by"`
}

func notLeader(w http.ResponseWriter, req *http.Request) {
	refuse(w, req, http.StatusConflict, "not_leader", "This replica does not lead.")
}

func refuse(w http.ResponseWriter, req *http.Request, status int, code, detail string) {
	answer(w, status, api.Problem{
		Type: api.ProblemURI(code), Title: http.StatusText(status), Status: status, Code: code, Detail: detail, Instance: req.URL.Path,
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
