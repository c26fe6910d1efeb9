package grading

import (
	"net/http"

	"github.com/go-chi/chi/v5"
)

// Base is the path below which the API lies.
const Base = "/api/v1"

func (s *Server) router() http.Handler {
	r := chi.NewRouter()
	s.control(r)
	r.Group(func(r chi.Router) {
		r.Use(s.kit.Faults.Middleware(nil))
		r.Post("/token", s.issueToken)
		r.Group(func(r chi.Router) {
			r.Use(s.authenticate)
			r.Route(Base+"/sessions", s.sessionRoutes)
		})
	})
	r.NotFound(func(w http.ResponseWriter, r *http.Request) { writeProblem(w, r, missing("no such resource")) })
	r.MethodNotAllowed(func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, r, newProblem(http.StatusMethodNotAllowed, "method not allowed"))
	})
	return r
}

func (s *Server) sessionRoutes(r chi.Router) {
	r.Post("/", s.handle(s.createSession))
	r.Post("/parts", s.handle(s.addPart))
	r.Get("/parts/{part}/ruleset/grading/rules", s.handle(s.getRuleset))
	r.Get("/parts/{part}/ruleset/grading/guide", s.handle(s.getGuide))
	r.Post("/parts/ruleset/grading/synchronize", s.handle(s.synchronize))
	r.Put("/parts/ruleset/scoring", s.handle(s.putScoring))
	r.Get("/{id}", s.handle(s.getSession))
	r.Get("/{id}/score/view", s.handle(s.viewScore))
	r.Delete("/{id}/parts/{part}", s.handle(s.removePart))
	r.Post("/{id}/parts/{part}/grade", s.handle(s.gradePart))
	r.Post("/{id}/parts/{part}/sections/{section}/items/{item}/grade", s.handle(s.gradeItem))
	r.Post("/{id}/parts/{part}/submit", s.handle(s.submitPart))
	r.Post("/{id}/parts/{part}/pod", s.handle(s.assignPod))
	r.Put("/{id}/parts/{part}/pod", s.handle(s.updatePod))
	r.Delete("/{id}/parts/{part}/pod", s.handle(s.unassignPod))
}
