package sqlite

import (
	"encoding/json"
	"errors"
)

var errChanges = errors.New("stored changes are no array of JSON values")

// splitChanges takes apart what joinChanges made, byte for byte. It looks at brackets and strings only: what the elements hold
// is checked by who decodes them, which most readers of a document never do. The elements share the text's memory.
func splitChanges(text []byte) ([]json.RawMessage, error) {
	if len(text) < 2 || text[0] != '[' || text[len(text)-1] != ']' {
		return nil, errChanges
	}
	text = text[1 : len(text)-1]
	var all []json.RawMessage
	for len(text) > 0 {
		end, ok := elementEnd(text)
		if !ok || end == 0 {
			return nil, errChanges
		}
		all = append(all, json.RawMessage(text[:end:end]))
		if end == len(text) {
			return all, nil
		}
		text = text[end+1:]
		if len(text) == 0 {
			return nil, errChanges // a comma with nothing behind it
		}
	}
	return all, nil
}

// elementEnd is where the first element ends: at the comma behind it, or at the end of the text.
func elementEnd(text []byte) (end int, ok bool) {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			closing := stringEnd(text, i+1)
			if closing < 0 {
				return 0, false
			}
			i = closing
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return 0, false
			}
		case ',':
			if depth == 0 {
				return i, true
			}
		}
	}
	return len(text), depth == 0
}

// stringEnd is where the string closes whose text begins at from; negative when it does not.
func stringEnd(text []byte, from int) int {
	for i := from; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}
