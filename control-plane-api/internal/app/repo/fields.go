package repo

import (
	"encoding/json"
	"errors"
	"fmt"
)

var errShape = errors.New("not of the expected shape")

// fieldsOf cuts an object into its top-level fields, without reading what is in them. The values are parts of the text. It is
// for text that encoding/json has written: an object is told from another value, but not all that is wrong is noticed.
func fieldsOf(object json.RawMessage) (map[string]json.RawMessage, error) {
	fields := map[string]json.RawMessage{}
	err := parts(object, '{', '}', func(part json.RawMessage) error {
		end := valueEnd(part, 0)
		if end <= 0 || part[0] != '"' || end == len(part) || part[end] != ':' {
			return errShape
		}
		var name string
		if err := json.Unmarshal(part[:end], &name); err != nil {
			return fmt.Errorf("name of a field: %w", err)
		}
		fields[name] = part[end+1:]
		return nil
	})
	return fields, err
}

// elementsOf cuts a list into its elements, as fieldsOf does an object.
func elementsOf(list json.RawMessage) (elements []json.RawMessage, err error) {
	err = parts(list, '[', ']', func(part json.RawMessage) error {
		elements = append(elements, part)
		return nil
	})
	return elements, err
}

// parts calls visit for what stands between the commas of an object or a list.
func parts(text json.RawMessage, opens, closes byte, visit func(json.RawMessage) error) error {
	last := len(text) - 1
	if last < 1 || text[0] != opens || text[last] != closes {
		return errShape
	}
	for at := 1; at < last; {
		end := partEnd(text, at, last)
		if end == at {
			return errShape
		}
		if err := visit(text[at:end]); err != nil {
			return err
		}
		at = end + 1
	}
	return nil
}

// partEnd is where the part ends that begins at at: at its comma, or at last.
func partEnd(text json.RawMessage, at, last int) int {
	for at < last && text[at] != ',' {
		at = valueEnd(text[:last], at)
	}
	return at
}

// valueEnd is where the string, object, list or single character ends that begins at at.
func valueEnd(text json.RawMessage, at int) int {
	depth := 0
	for ; at < len(text); at++ {
		switch text[at] {
		case '"':
			at = stringEnd(text, at)
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		if depth <= 0 {
			return min(at+1, len(text))
		}
	}
	return len(text)
}

// stringEnd is where the quote stands that ends the string which begins at at.
func stringEnd(text json.RawMessage, at int) int {
	for at++; at < len(text) && text[at] != '"'; at++ {
		if text[at] == '\\' {
			at++
		}
	}
	return at
}
