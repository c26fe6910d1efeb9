package relay

import "fmt"

// leftBehind sums up a sweep.
type leftBehind struct {
	kind      string
	documents int
	first     error
}

// Error implements error.
func (l *leftBehind) Error() string {
	return fmt.Sprintf("%d documents of %s, the first: %v", l.documents, l.kind, l.first)
}

// Unwrap gives the first failure.
func (l *leftBehind) Unwrap() error { return l.first }
