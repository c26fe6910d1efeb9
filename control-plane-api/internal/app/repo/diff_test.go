package repo

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDiffKeepsWhatDiffers(t *testing.T) {
	entries := make([]string, 200)
	for i := range entries {
		entries[i] = fmt.Sprintf(`{"holder":"i%d"}`, i)
	}
	book := func(entries ...string) string { return "[" + strings.Join(entries, ",") + "]" }
	added := append(append([]string{}, entries[1:]...), `{"holder":"new"}`)
	cases := map[string]struct {
		before, after string
		was, is       string
		reason        string
	}{
		"new":        {"", `{"a":1}`, `{}`, `{"a":1}`, "a new aggregate has no before"},
		"changed":    {`{"a":1,"b":2}`, `{"a":1,"b":3}`, `{"b":2}`, `{"b":3}`, "what is the same is left out"},
		"added":      {`{"a":1}`, `{"a":1,"b":3}`, `{}`, `{"b":3}`, "an absent field has no before"},
		"removed":    {`{"a":1,"b":3}`, `{"a":1}`, `{"b":3}`, `{}`, "a removed field has no after"},
		"secret":     {`{"token":"x"}`, `{"token":"y"}`, `{"token":"***"}`, `{"token":"***"}`, "that it changed is told, no more"},
		"no secret":  {`{"token":""}`, `{"token":"y"}`, `{"token":""}`, `{"token":"***"}`, "that there was none is no secret"},
		"short list": {`{"l":[1,2]}`, `{"l":[2,3]}`, `{"l":[1,2]}`, `{"l":[2,3]}`, "a short list stays whole"},
		"long list": {
			`{"book":` + book(entries...) + `}`, `{"book":` + book(added...) + `}`,
			`{"book":[{"holder":"i0"}]}`, `{"book":[{"holder":"new"}]}`, "of a long list only what differs is kept",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var before json.RawMessage
			if c.before != "" {
				before = json.RawMessage(c.before)
			}
			was, is, err := diff(before, json.RawMessage(c.after), []string{"token"})
			require.NoError(t, err)
			wasText, err := json.Marshal(was)
			require.NoError(t, err)
			isText, err := json.Marshal(is)
			require.NoError(t, err)
			require.JSONEq(t, c.was, string(wasText), c.reason)
			require.JSONEq(t, c.is, string(isText), c.reason)
		})
	}
}
