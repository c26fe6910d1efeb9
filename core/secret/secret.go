// Package secret holds a string that cannot be printed by accident.
package secret

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"log/slog"
)

// Mask is what every printed form of a secret shows.
const Mask = "***"

// String is a password, key or token. fmt, slog, JSON and text encoding all show Mask; only Reveal gives the value.
// The zero value is an empty secret.
type String struct {
	// value is behind a pointer: where a String lies in an unexported field, fmt cannot call Format and prints what is here.
	value *string
}

// New wraps a value.
func New(value string) String { return String{value: &value} }

// Reveal returns the value. Call it where the secret leaves the process on purpose, and nowhere else.
func (s String) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// IsZero reports whether there is no secret.
func (s String) IsZero() bool { return s.Reveal() == "" }

// Equal compares in constant time, whatever the lengths.
func (s String) Equal(other string) bool {
	a, b := sha256.Sum256([]byte(s.Reveal())), sha256.Sum256([]byte(other))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

// String implements fmt.Stringer.
func (s String) String() string { return Mask }

// Format implements fmt.Formatter, so that no verb reaches the field.
func (s String) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(Mask)) }

// LogValue implements slog.LogValuer.
func (s String) LogValue() slog.Value { return slog.StringValue(Mask) }

// MarshalText implements encoding.TextMarshaler, which JSON and YAML use.
func (s String) MarshalText() ([]byte, error) { return []byte(Mask), nil }

// UnmarshalText takes the value from configuration or a request body.
func (s *String) UnmarshalText(text []byte) error {
	*s = New(string(text))
	return nil
}
