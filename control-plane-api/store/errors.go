package store

import "errors"

// The errors of an Engine. Callers tell them apart with errors.Is.
//
// A write that returns an error without ErrUnknown was not applied. That includes a plain context error: the caller's time ended
// before the store began to commit.
var (
	// ErrNotFound: no document has the id, or the unique value, that was asked for.
	ErrNotFound = errors.New("document not found")
	// ErrExists: Insert met a document with the same id.
	ErrExists = errors.New("document already exists")
	// ErrUnique: another document of the collection holds the unique value.
	ErrUnique = errors.New("unique value already taken")
	// ErrStale: the stored version isn't the version the caller built on. Load again and decide again.
	ErrStale = errors.New("document has another version")
	// ErrUnavailable: the store can't be used now (gone, closed, locked for longer than the busy time-out, disk full). The same call may work later.
	ErrUnavailable = errors.New("store unavailable")
	// ErrInvalid: the call itself is wrong (unknown collection, undeclared field, empty id, oversized document). Repeating it can't help.
	ErrInvalid = errors.New("invalid store call")
	// ErrUnsupported: no engine of this build serves the URL's scheme, or the data was written by a newer major layout.
	ErrUnsupported = errors.New("store not supported")

	// ErrUnknown: the write was sent but its outcome isn't known, for example because the context ended during the commit. It may be
	// wrapped together with ErrUnavailable or a context error. Before trying again, look the write up by its write id (see the package
	// comment: it may still be on its way).
	ErrUnknown = errors.New("outcome of the write is unknown")
)
