// Package failure is the one error vocabulary inside LCM. It knows nothing about HTTP: the API translates a Kind to a
// status at its edge, and adapters translate a vendor's errors to a Kind.
package failure

import (
	"errors"
	"fmt"
	"time"
)

// Kind says what sort of failure an error is, and thereby what a caller can do about it.
type Kind string

const (
	// Malformed is input that breaks the schema: wrong type, unknown field, beyond a limit.
	Malformed Kind = "malformed"
	// Invalid is well-formed input that makes no sense here.
	Invalid Kind = "invalid"
	// Unauthenticated means that the caller is not known.
	Unauthenticated Kind = "unauthenticated"
	// Forbidden means that the caller is known and may not do this.
	Forbidden Kind = "forbidden"
	// NotFound means that the thing does not exist (or is not the caller's to see).
	NotFound Kind = "not_found"
	// Conflict means that the state of the thing does not allow this now.
	Conflict Kind = "conflict"
	// StaleTerm means that a newer leader has been named: stop acting.
	StaleTerm Kind = "stale_term"
	// Precondition means that the thing has changed since the caller looked: look again and decide anew.
	Precondition Kind = "precondition"
	// TooLarge means that a body or a stored thing would pass its size limit.
	TooLarge Kind = "too_large"
	// Reused means that an idempotency key came with another body.
	Reused Kind = "reused"
	// Throttled means that the caller must slow down.
	Throttled Kind = "throttled"
	// Quota means that an outside limit (account, licence seats) is used up: retrying soon does not help.
	Quota Kind = "quota"
	// Unavailable means that something outside does not answer or has no room: retry with back-off.
	Unavailable Kind = "unavailable"
	// Internal is a defect of ours or an answer that breaks a contract.
	Internal Kind = "internal"
)

// Error is a failure with a stable code that clients may switch on.
type Error struct {
	Kind Kind
	// Code is stable snake_case, such as "timeslot_in_past".
	Code string
	// Message is a sentence for the person who sees it; it holds no secret and no inner text.
	Message string
	// RetryAfter is a hint, zero when there is none.
	RetryAfter time.Duration
	cause      error
}

// New makes an error. The message is a format string.
func New(kind Kind, code, message string, args ...any) *Error {
	return &Error{Kind: kind, Code: code, Message: fmt.Sprintf(message, args...)}
}

// Wrap makes an error that keeps its cause for logs and errors.Is; the cause is never shown to a caller.
func Wrap(cause error, kind Kind, code, message string, args ...any) *Error {
	e := New(kind, code, message, args...)
	e.cause = cause
	return e
}

// Error implements error; it includes the cause, so it is for logs.
func (e *Error) Error() string {
	if e.cause != nil {
		return fmt.Sprintf("%s: %s: %v", e.Code, e.Message, e.cause)
	}
	return fmt.Sprintf("%s: %s", e.Code, e.Message)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.cause }

// KindOf finds the Kind of an error; an error without one is Internal.
func KindOf(err error) Kind {
	if f, ok := errors.AsType[*Error](err); ok {
		return f.Kind
	}
	return Internal
}

// CodeOf finds the stable code of an error; an error without one is "internal".
func CodeOf(err error) string {
	if f, ok := errors.AsType[*Error](err); ok {
		return f.Code
	}
	return "internal"
}

// Is reports whether an error is of a kind.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }

// Retryable reports whether the same call may succeed later without anyone changing anything.
func Retryable(err error) bool {
	switch KindOf(err) {
	case Throttled, Unavailable, Quota:
		return true
	default:
		return false
	}
}
