package grading

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// problem is the engine's error document.
type problem struct {
	Type     string   `json:"type"`
	Title    string   `json:"title"`
	Status   int      `json:"status"`
	Detail   string   `json:"detail"`
	Instance string   `json:"instance"`
	Errors   faultsOf `json:"errors,omitempty"`
}

func (p *problem) Error() string { return fmt.Sprintf("%d: %s", p.Status, p.Detail) }

func newProblem(status int, format string, args ...any) *problem {
	return &problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status,
		Detail: fmt.Sprintf(format, args...),
	}
}

func missing(format string, args ...any) *problem {
	return newProblem(http.StatusNotFound, format, args...)
}

func senseless(format string, args ...any) *problem {
	return newProblem(http.StatusUnprocessableEntity, format, args...)
}

func invalid(faults faultsOf) *problem {
	p := newProblem(http.StatusBadRequest, "One or more validation errors occurred.")
	p.Errors = faults
	return p
}

func writeProblem(w http.ResponseWriter, r *http.Request, p *problem) {
	answer := *p
	answer.Instance = r.URL.EscapedPath()
	kit.WriteJSON(problemWriter{w}, answer.Status, answer)
}

// problemWriter gives a JSON answer the content type of problems.
type problemWriter struct{ http.ResponseWriter }

func (p problemWriter) WriteHeader(status int) {
	p.Header().Set("Content-Type", "application/problem+json")
	p.ResponseWriter.WriteHeader(status)
}

// handle turns a handler that may fail into one that answers the failure.
func (s *Server) handle(do func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := do(w, r)
		if err == nil {
			return
		}
		var p *problem
		if !errors.As(err, &p) {
			s.kit.Log.Error("request failed", "path", r.URL.Path, "error", err)
			p = newProblem(http.StatusInternalServerError, "internal error")
		}
		writeProblem(w, r, p)
	}
}

// renderFault answers an injected error in the form of the engine: 401 and 403
// have no body.
func renderFault(w http.ResponseWriter, r *http.Request, rule kit.Rule) {
	if rule.Status == http.StatusUnauthorized || rule.Status == http.StatusForbidden {
		w.WriteHeader(rule.Status)
		return
	}
	p := newProblem(rule.Status, "%s", http.StatusText(rule.Status))
	if rule.Code != "" {
		p.Detail = rule.Code
	}
	writeProblem(w, r, p)
}
