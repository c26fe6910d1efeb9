package cml

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"unicode"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// The codes of failures.
const (
	// CodeUnavailable: no connection, no answer in time, or the backend is still booting. Kind Unavailable.
	CodeUnavailable = "cml_unavailable"
	// CodeCredentials: name and password, or a fresh token, are refused. Kind Unauthenticated.
	CodeCredentials = "cml_credentials"
	// CodeForbidden: the user may not do this. Kind Forbidden.
	CodeForbidden = "cml_forbidden"
	// CodeNotFound: CML has no such thing. Kind NotFound.
	CodeNotFound = "cml_not_found"
	// CodeConflict: the state does not allow it. Kind Conflict.
	CodeConflict = "cml_conflict"
	// CodeInvalid: CML refuses the input, or what it is asked for, with a 400. Kind Invalid.
	CodeInvalid = "cml_invalid"
	// CodeThrottled: too many requests. Kind Throttled.
	CodeThrottled = "cml_throttled"
	// CodeError: a 500. Kind Unavailable, it may pass.
	CodeError = "cml_error"
	// CodeMalformed: the answer breaks the contract or is too large. Kind Internal.
	CodeMalformed = "cml_answer_malformed"
	// CodeCertificateChanged: another certificate than the pinned one. Kind Conflict: someone must reset the pin.
	CodeCertificateChanged = "cml_certificate_changed"
	// CodeCertificateInvalid: the certificate does not go with the CA bundle or the system's roots. Kind Unavailable.
	CodeCertificateInvalid = "cml_certificate_invalid"
	// CodeAddressRefused: the address lies outside the allowed networks. Kind Forbidden.
	CodeAddressRefused = "cml_address_refused"
)

// maxDescription bounds what is repeated of CML's own words, in characters.
const maxDescription = 400

// StatusError is the cause of a failure that CML answered.
type StatusError struct {
	// Status is the HTTP status.
	Status int
	// Description is CML's own text, shortened; empty where the call carried a secret that it might quote.
	Description string
}

// Error implements error.
func (e *StatusError) Error() string { return http.StatusText(e.Status) + ": " + e.Description }

// Status gives the HTTP status that an error of Do rests on, 0 where there was no answer.
func Status(err error) int {
	if status, ok := errors.AsType[*StatusError](err); ok {
		return status.Status
	}
	return 0
}

// statusFailure translates an answer that is no success.
func (c *Client) statusFailure(call string, status int, body []byte, quote bool) error {
	cause := &StatusError{Status: status}
	if quote {
		cause.Description = c.describe(body)
	}
	kind, code := classify(status)
	message := "CML answered " + http.StatusText(status) + " to " + call
	if cause.Description != "" {
		message += ": " + cause.Description
	}
	return failure.Wrap(cause, kind, code, "%s", message)
}

func classify(status int) (failure.Kind, string) {
	switch status {
	case http.StatusUnauthorized:
		return failure.Unauthenticated, CodeCredentials
	case http.StatusForbidden:
		return failure.Forbidden, CodeForbidden
	case http.StatusNotFound:
		return failure.NotFound, CodeNotFound
	case http.StatusTooManyRequests:
		return failure.Throttled, CodeThrottled
	case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType:
		return failure.Invalid, CodeInvalid
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout, http.StatusRequestTimeout:
		return failure.Unavailable, CodeUnavailable
	}
	switch {
	case status >= 500:
		return failure.Unavailable, CodeError
	case status >= 400:
		return failure.Conflict, CodeConflict
	default:
		return failure.Internal, CodeMalformed
	}
}

// describe takes the description out of CML's error body. It is mostly a text, now and then an object or a list. Our
// own password and token are cut out, should CML repeat them.
func (c *Client) describe(body []byte) string {
	var answer struct {
		Description json.RawMessage `json:"description"`
	}
	if json.Unmarshal(body, &answer) != nil || len(answer.Description) == 0 {
		return ""
	}
	var text string
	if json.Unmarshal(answer.Description, &text) != nil {
		text = string(answer.Description)
	}
	for _, hidden := range []string{c.password.Reveal(), c.currentToken().Reveal()} {
		if hidden != "" {
			text = strings.ReplaceAll(text, hidden, "***")
		}
	}
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
	if runes := []rune(text); len(runes) > maxDescription {
		text = string(runes[:maxDescription]) + "…"
	}
	return text
}

// sendFailure translates an error without an answer.
func sendFailure(call string, err error) error {
	if known, ok := errors.AsType[*failure.Error](err); ok {
		return known
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return failure.Wrap(err, failure.Unavailable, CodeCertificateInvalid, "the certificate of CML is not trusted")
	}
	return failure.Wrap(err, failure.Unavailable, CodeUnavailable, "CML cannot be reached for %s", call)
}
