package ec2

import (
	"fmt"
	"net/http"
)

// apiError is an answer with an AWS error code.
type apiError struct {
	status  int
	code    string
	message string
}

func (e *apiError) Error() string { return e.code + ": " + e.message }

func badRequest(code, format string, args ...any) *apiError {
	return &apiError{http.StatusBadRequest, code, fmt.Sprintf(format, args...)}
}

func invalidValue(format string, args ...any) *apiError {
	return badRequest("InvalidParameterValue", format, args...)
}

func missing(name string) *apiError {
	return badRequest("MissingParameter", "The request must contain the parameter %s", name)
}

func internal() *apiError {
	return &apiError{http.StatusInternalServerError, "InternalError", "An internal error has occurred"}
}
