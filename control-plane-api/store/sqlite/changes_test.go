package sqlite

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSplitChanges(t *testing.T) {
	for _, elements := range [][]string{
		{`{"a":1}`}, {`{"a":"}],[{"}`, `{}`}, {`{"a":"\"],\\"}`, `{"b":[1,[2,3],{"c":","}]}`, `7`}, {`"text, more"`, `null`},
	} {
		var changes []json.RawMessage
		for _, e := range elements {
			changes = append(changes, json.RawMessage(e))
		}
		got, err := splitChanges(joinChanges(changes))
		require.NoError(t, err)
		require.Equal(t, changes, got)
	}
	for _, broken := range []string{"", "[", "{}", "[{]", "[}]", `["a]`, "[1,]", "[,1]", "[1,,2]", `["\"]`} {
		_, err := splitChanges([]byte(broken))
		require.ErrorIs(t, err, errChanges, broken)
	}
	got, err := splitChanges([]byte("[]"))
	require.NoError(t, err)
	require.Empty(t, got)
}

// FuzzSplitChanges: of every array it makes the same elements as the JSON library does.
func FuzzSplitChanges(f *testing.F) {
	for _, seed := range []string{`[]`, `[1]`, `[{"a":"b,]"},[2,{"c":"\\\""}],"d"]`, `[1,]`, `[`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var changes []json.RawMessage
		if json.Unmarshal(text, &changes) != nil || len(changes) == 0 {
			_, _ = splitChanges(text) // anything but a panic
			return
		}
		got, err := splitChanges(joinChanges(changes))
		require.NoError(t, err)
		require.Equal(t, changes, got)
	})
}
