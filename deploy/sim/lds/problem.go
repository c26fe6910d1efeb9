package lds

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// problem is an error answer in the JSON:API form that LDS uses.
type problem struct {
	Code   string `json:"code"`
	Status int    `json:"status"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
}

func (p *problem) Error() string { return fmt.Sprintf("%d %s: %s", p.Status, p.Code, p.Detail) }

func newProblem(status int, code, format string, args ...any) *problem {
	return &problem{
		Code: code, Status: status, Title: http.StatusText(status),
		Detail: fmt.Sprintf(format, args...),
	}
}

func invalid(format string, args ...any) *problem {
	return newProblem(http.StatusBadRequest, "ERR_VALIDATION", format, args...)
}

func missing(format string, args ...any) *problem {
	return newProblem(http.StatusNotFound, "ERR_NOT_FOUND", format, args...)
}

func conflict(format string, args ...any) *problem {
	return newProblem(http.StatusConflict, "ERR_CONFLICT", format, args...)
}

func writeProblem(w http.ResponseWriter, p *problem) {
	kit.WriteJSON(w, p.Status, map[string]any{"errors": []*problem{p}})
}

// handle turns a handler that may fail into one that answers the failure.
func (s *Server) handle(do func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := do(w, r)
		if err == nil {
			return
		}
		var p *problem
		switch {
		case errors.As(err, &p):
		case errors.Is(err, kit.ErrTooLarge):
			p = newProblem(http.StatusRequestEntityTooLarge, "ERR_TOO_LARGE", "body too large")
		default:
			s.log.Error("request failed", "path", r.URL.Path, "error", err)
			p = newProblem(http.StatusInternalServerError, "ERR_INTERNAL", "internal error")
		}
		writeProblem(w, p)
	}
}
