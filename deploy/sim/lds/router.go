package lds

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/web"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// Base is the path below which the API lies.
const Base = "/reservations/v3"

func (s *Server) router() http.Handler {
	r := chi.NewRouter()
	s.control(r)
	r.Group(func(r chi.Router) {
		r.Use(s.kit.Faults.Middleware(nil))
		r.Get("/launch", s.handle(s.launchPage))
		r.Group(func(r chi.Router) {
			r.Use(s.authenticate)
			r.Get("/reservations/lab_session/{id}/{num}/ports/no_nat", s.handle(s.proxySummary))
			r.Route(Base, func(r chi.Router) {
				s.contentRoutes(r)
				s.sessionRoutes(r)
				s.partRoutes(r)
				s.reportRoutes(r)
			})
		})
	})
	r.NotFound(func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, missing("no such resource"))
	})
	r.MethodNotAllowed(func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, newProblem(http.StatusMethodNotAllowed, "ERR_METHOD", "method not allowed"))
	})
	return r
}

func (s *Server) contentRoutes(r chi.Router) {
	r.Get("/lab_folder/minio/{fqn}", s.handle(s.getFolder))
	r.Put("/lab_folder/minio/{fqn}", s.handle(s.loadFolder))
	r.Get("/lab_folder/minio/{fqn}/validate", s.handle(s.validateFolder))
	r.Get("/lab_folder/svn/{track}/{version}", s.handle(s.svnFolder))
	r.Put("/lab_folder/svn/{track}/{version}", s.handle(s.svnFolder))
	r.Get("/lab_folder/svn/{track}/{version}/validate", s.handle(s.svnFolder))
}

func (s *Server) sessionRoutes(r chi.Router) {
	r.Get("/lab_session", s.handle(s.latestSession))
	r.Post("/lab_session", s.handle(s.createSession))
	r.Get("/lab_session/{id}", s.handle(s.getSession))
	r.Patch("/lab_session/{id}", s.handle(s.patchSession))
	r.Put("/lab_session/{id}/pause", s.handle(s.pauseSession))
	r.Put("/lab_session/{id}/resume", s.handle(s.resumeSession))
	r.Post("/lab_session/{id}/release", s.handle(s.releaseSession))
	r.Put("/lab_session/{id}/refresh_status", s.handle(s.refreshStatus))
	r.Put("/lab_session/{id}/force_user_finished", s.handle(s.forceUserFinished))
	r.Get("/lab_session/{id}/lablet_launch_url", s.handle(s.launchURL))
	r.Get("/lab_session/{id}/statuses", s.handle(s.statuses))
	r.Get("/lab_session/{id}/logs", s.handle(s.logs))
	r.Get("/lab_session/{id}/accesslog", s.handle(s.accessLog))
	r.Get("/lab_session/{id}/feedback", s.handle(s.feedback))
}

func (s *Server) partRoutes(r chi.Router) {
	r.Route("/lab_session/{id}/part/{num}", func(r chi.Router) {
		r.Get("/", s.handle(s.getPart))
		r.Post("/", s.handle(s.addPart))
		r.Put("/", s.handle(s.replacePart))
		r.Delete("/", s.handle(s.deletePart))
		r.Put("/extend", s.handle(s.extendPart))
		r.Put("/adjust", s.handle(s.adjustPart))
		r.Get("/collect", s.handle(s.collectPart))
		r.Get("/devices", s.handle(s.getDevices))
		r.Put("/devices", s.handle(s.putDevices))
		r.Get("/variables", s.handle(s.getVariables))
		r.Put("/variables", s.handle(s.putVariables))
	})
}

// authenticate checks HTTP Basic, which every operation needs.
func (s *Server) authenticate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, ok := r.BasicAuth()
		right := web.SameSecret(user, s.cfg.Username) && web.SameSecret(password, s.cfg.Password)
		if !ok || !right {
			w.Header().Set("WWW-Authenticate", `Basic realm="LDS"`)
			writeProblem(w, newProblem(http.StatusUnauthorized, "ERR_UNAUTHORIZED", "Unauthorized"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// renderFault answers an injected error in the form of LDS.
func renderFault(w http.ResponseWriter, _ *http.Request, rule kit.Rule) {
	code := rule.Code
	if code == "" {
		code = "ERR_INJECTED"
	}
	writeProblem(w, newProblem(rule.Status, code, "%s", http.StatusText(rule.Status)))
}
