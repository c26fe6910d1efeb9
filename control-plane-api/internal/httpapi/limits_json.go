package httpapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

// maxDepth is how deep a body may nest; the contract's own nest six deep.
const maxDepth = 32

// jsonFormats read bodies that are not nested beyond reason and mean one thing, before a value is made of them.
func jsonFormats() map[string]huma.Format {
	limited := huma.DefaultJSONFormat
	limited.Unmarshal = func(data []byte, into any) error {
		if err := checkJSON(data); err != nil {
			return err
		}
		return json.Unmarshal(data, into)
	}
	return map[string]huma.Format{"application/json": limited, "json": limited}
}

// checkJSON refuses what a JSON decoder takes although it is not meant: values nested beyond reason, a field that an object has
// twice, text with the character NUL, which no store keeps, and a time beyond the calendar. Whether it is JSON at all is the
// decoder's to say.
func checkJSON(data []byte) error {
	s := jsonScan{data: data}
	for s.at < len(data) {
		if err := s.step(); err != nil {
			return err
		}
	}
	return nil
}

// jsonScan walks over a document once, without making values of it.
type jsonScan struct {
	data []byte
	at   int
	// open are the objects and lists around the position; nil stands for a list.
	open []map[string]bool
	// named tells that the next text is the name of a field.
	named bool
}

func (s *jsonScan) step() error {
	c := s.data[s.at]
	s.at++
	switch c {
	case '{', '[':
		if len(s.open) == maxDepth {
			return fmt.Errorf("nested deeper than %d", maxDepth)
		}
		var fields map[string]bool
		if s.named = c == '{'; s.named {
			fields = map[string]bool{}
		}
		s.open = append(s.open, fields)
	case '}', ']':
		s.open, s.named = s.open[:max(0, len(s.open)-1)], false
	case ',':
		s.named = len(s.open) > 0 && s.open[len(s.open)-1] != nil
	case '"':
		return s.text()
	}
	return nil
}

// text passes a text, whose opening quote was read.
func (s *jsonScan) text() error {
	begin, decode := s.at, false
	for s.at < len(s.data) && s.data[s.at] != '"' {
		if s.data[s.at] == '\\' {
			decode = true
			s.at++
			if s.at+5 <= len(s.data) && string(s.data[s.at:s.at+5]) == "u0000" {
				return errors.New("text with the character NUL")
			}
		}
		s.at++
	}
	raw := s.data[begin:min(s.at, len(s.data))]
	s.at++
	if s.named {
		s.named = false
		return s.field(raw, decode)
	}
	if decode && strings.IndexByte(`09\`, raw[0]) >= 0 { // no time begins otherwise
		var err error
		if raw, err = unescaped(raw); err != nil {
			return nil //nolint:nilerr // the decoder refuses it in its own words
		}
	}
	if endOfTime(raw) {
		return errors.New("a time that has no year of four digits in UTC")
	}
	return nil
}

// unescaped is the text between two quotes as the decoder reads it.
func unescaped(raw []byte) ([]byte, error) {
	var text string
	if err := json.Unmarshal(slices.Concat([]byte{'"'}, raw, []byte{'"'}), &text); err != nil {
		return nil, err
	}
	return []byte(text), nil
}

// endOfTime reports whether text is a time that has no year of four digits in UTC, in which all times are kept.
func endOfTime[T string | []byte](text T) bool {
	if len(text) < len("2006-01-02T15:04:05Z") || text[4] != '-' || string(text[:4]) != "0000" && string(text[:4]) != "9999" {
		return false
	}
	at, err := time.Parse(time.RFC3339, string(text))
	year := at.UTC().Year()
	return err == nil && (year < 0 || year > 9999)
}

// field notes the name of a field of the innermost object.
func (s *jsonScan) field(raw []byte, decode bool) error {
	if decode || !utf8.Valid(raw) {
		var err error
		if raw, err = unescaped(raw); err != nil {
			return nil //nolint:nilerr // the decoder refuses it in its own words
		}
	}
	fields, name := s.open[len(s.open)-1], string(raw)
	if fields[name] {
		return errors.New("a field that is there twice")
	}
	fields[name] = true
	return nil
}
