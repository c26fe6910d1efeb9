package httpapi

import (
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// FuzzBody is control S6: a JSON body is let through only if it nests no deeper than is allowed, has no field twice and no NUL.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{
		`{}`, `[[[]]]`, `{"a":"[[[[[[{{{"}`, `{"a":"\\\""}`, strings.Repeat("[", 33) + strings.Repeat("]", 33), strings.Repeat("[", 32) + strings.Repeat("]", 32),
		strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40), "]]]]" + strings.Repeat("[", 40), `"`, `\`, `,`, `{"a":1,"a":2}`, `{"a":1,"A":2}`,
		`{"a":{"a":1},"b":{"a":1}}`, `[{"a":1},{"a":1}]`, `{"a":1,"\u0061":2}`, `{"a":["b","b"],"b":1}`, `{"a":"\u0000"}`, `{"a":"\\u0000"}`, `{"\u0000":1}`,
		"{\"\xff\":1,\"\xfe\":2}", `{"":1,"":2}`, `["9999-12-31T23:59:59-23:00"]`, `{"0000-01-01T00:00:00Z":"9999-12-31"}`, `{"a":{"b":[]},"a":1}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if !json.Valid(body) {
			_ = checkJSON(body) // it only must come back; the decoder refuses the rest
			return
		}
		require.Equal(t, deepest(t, body) > maxDepth || ambiguous(t, body), checkJSON(body) != nil)
	})
}

// ambiguous finds with a decoder a field that is there twice, and the character NUL.
func ambiguous(t *testing.T, body []byte) bool {
	t.Helper()
	type level struct {
		fields map[string]bool
		name   bool
	}
	decoder, open := json.NewDecoder(strings.NewReader(string(body))), []level{{}}
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			return false
		}
		require.NoError(t, err)
		at := &open[len(open)-1]
		text, isText := token.(string)
		switch {
		case isText && strings.Contains(text, "\x00"), isText && at.name && at.fields[text], isText && !at.name && atTheEnd(text):
			return true
		case at.name && isText:
			at.fields[text], at.name = true, false
			continue
		case token == json.Delim('}'), token == json.Delim(']'):
			open = open[:len(open)-1]
			at = &open[len(open)-1]
		case token == json.Delim('{'):
			open = append(open, level{map[string]bool{}, true})
			continue
		case token == json.Delim('['):
			open = append(open, level{})
			continue
		}
		at.name = at.fields != nil
	}
}

func atTheEnd(text string) bool {
	at, err := time.Parse(time.RFC3339, text)
	return err == nil && (at.UTC().Year() < 0 || at.UTC().Year() > 9999)
}

// deepest measures with a decoder what checkJSON counts by hand.
func deepest(t *testing.T, body []byte) (most int) {
	t.Helper()
	decoder, depth := json.NewDecoder(strings.NewReader(string(body))), 0
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			return most
		}
		require.NoError(t, err)
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
			most = max(most, depth)
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
}
