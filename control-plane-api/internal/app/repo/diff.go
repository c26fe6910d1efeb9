package repo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/lablet-cloud-manager/lcm/core/secret"
)

// longList is the size in bytes from which only the elements of a list that differ are kept.
const longList = 1024

// diff gives the top-level fields that differ between two states. before may be nil.
func diff(before, after json.RawMessage, redact []string) (was, is map[string]json.RawMessage, err error) {
	var old map[string]json.RawMessage
	if before != nil {
		if old, err = fieldsOf(before); err != nil {
			return nil, nil, fmt.Errorf("state before: %w", err)
		}
	}
	next, err := fieldsOf(after)
	if err != nil {
		return nil, nil, fmt.Errorf("state after: %w", err)
	}
	was, is = map[string]json.RawMessage{}, map[string]json.RawMessage{}
	for field, value := range next {
		if previous, had := old[field]; !had || !bytes.Equal(previous, value) {
			record(field, previous, value, redact, was, is)
		}
	}
	for field, previous := range old {
		if _, has := next[field]; !has {
			record(field, previous, nil, redact, was, is)
		}
	}
	return was, is, nil
}

// record keeps the two values of one field; nil stands for an absent one.
func record(field string, previous, value json.RawMessage, redact []string, was, is map[string]json.RawMessage) {
	if slices.Contains(redact, field) {
		previous, value = mask(previous), mask(value)
	} else if len(previous)+len(value) > longList {
		previous, value = differing(previous, value)
	}
	if previous != nil {
		was[field] = previous
	}
	if value != nil {
		is[field] = value
	}
}

func mask(value json.RawMessage) json.RawMessage {
	if value == nil || bytes.Equal(value, []byte(`""`)) || bytes.Equal(value, []byte(`null`)) {
		return value
	}
	return json.RawMessage(`"` + secret.Mask + `"`)
}

// differing leaves the elements out that both lists have. What is not a list stays whole.
func differing(previous, value json.RawMessage) (was, is json.RawMessage) {
	a, errA := listOf(previous)
	b, errB := listOf(value)
	if errA != nil || errB != nil {
		return previous, value
	}
	// Mostly something was added at the end: what both begin with need not be compared any further.
	for len(a) > 0 && len(b) > 0 && bytes.Equal(a[0], b[0]) {
		a, b = a[1:], b[1:]
	}
	return without(a, b), without(b, a)
}

// listOf takes what is absent, and null, for an empty list.
func listOf(value json.RawMessage) ([]json.RawMessage, error) {
	if value == nil || bytes.Equal(value, []byte(`null`)) {
		return nil, nil
	}
	return elementsOf(value)
}

func without(list, other []json.RawMessage) json.RawMessage {
	known := make(map[string]int, len(other))
	for _, element := range other {
		known[string(element)]++
	}
	rest := make([]json.RawMessage, 0, len(list))
	for _, element := range list {
		if known[string(element)] > 0 {
			known[string(element)]--
			continue
		}
		rest = append(rest, element)
	}
	text, err := json.Marshal(rest)
	if err != nil { // raw messages of a valid document always encode
		return nil
	}
	return text
}
