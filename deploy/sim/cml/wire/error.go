package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/schema"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// Error is a failed call; as JSON it is the error body of CML.
type Error struct {
	Code        int    `json:"code"`
	Description string `json:"description"`
}

func (e *Error) Error() string { return fmt.Sprintf("%d: %s", e.Code, e.Description) }

// Errorf makes an error of an HTTP status.
func Errorf(status int, format string, args ...any) error {
	return &Error{Code: status, Description: fmt.Sprintf(format, args...)}
}

// NotFound reports a missing element of a kind, e.g. "Node".
func NotFound(kind, id string) error {
	return Errorf(http.StatusNotFound, "%s not found: %s", kind, id)
}

// BadRequest reports a call that cannot be done in the present state.
func BadRequest(format string, args ...any) error {
	return Errorf(http.StatusBadRequest, format, args...)
}

// Invalid reports violations of a request's schema. The description is a string
// that contains JSON.
func Invalid(problems ...schema.Problem) error {
	raw, err := json.Marshal(map[string]any{"Input validation failed": problems})
	if err != nil {
		return fmt.Errorf("encode validation problems: %w", err)
	}
	return &Error{Code: http.StatusBadRequest, Description: string(raw)}
}

// WriteError answers with an error. One that is no *Error becomes status 500
// without its text.
func WriteError(w http.ResponseWriter, r *http.Request, err error) {
	var e *Error
	if !errors.As(err, &e) {
		e = &Error{
			Code:        http.StatusInternalServerError,
			Description: fmt.Sprintf("Unexpected error handling %s %s. Please report this to support.", r.Method, r.URL.Path),
		}
	}
	kit.WriteJSON(w, e.Code, e)
}
