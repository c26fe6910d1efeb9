package repo

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFieldsAreCutAtTheTopLevel(t *testing.T) {
	fields, err := fieldsOf(json.RawMessage(`{"a":1,"b":{"x":[1,"}],"]},"c":"q\"},","\u0064":[],"e":null,"":"\\"}`))
	require.NoError(t, err)
	require.Equal(t, map[string]json.RawMessage{
		"a": []byte(`1`), "b": []byte(`{"x":[1,"}],"]}`), "c": []byte(`"q\"},"`), "d": []byte(`[]`), "e": []byte(`null`), "": []byte(`"\\"`),
	}, fields)
	elements, err := elementsOf(json.RawMessage(`[{"a":[1,2]},",]",3]`))
	require.NoError(t, err)
	require.Equal(t, []json.RawMessage{[]byte(`{"a":[1,2]}`), []byte(`",]"`), []byte(`3`)}, elements)
	for _, empty := range []string{`{}`, `[]`} {
		fields, err := fieldsOf(json.RawMessage(empty))
		elements, errList := elementsOf(json.RawMessage(empty))
		require.NotEqual(t, err == nil, errList == nil, "%s is one of both", empty)
		require.Empty(t, fields)
		require.Empty(t, elements)
	}
}

func TestWhatIsNoObjectIsRefused(t *testing.T) {
	for _, text := range []string{``, `{`, `1`, `null`, `"{}"`, `[1]`, `{,}`, `{"a"}`, `{1:2}`, `{"a":1`, `{"a:1}`} {
		_, err := fieldsOf(json.RawMessage(text))
		require.Error(t, err, text)
	}
}

// FuzzFields compares with encoding/json what that has written itself, and wants no panic of anything else.
func FuzzFields(f *testing.F) {
	for _, seed := range []string{`{"a":1,"b":[{"c":"\""}]}`, `{"é":"<>","":{}}`, `{"a":}`, `{"a":"\`, `{"a":[}]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		_, _ = fieldsOf(text)
		_, _ = elementsOf(text)
		var want map[string]json.RawMessage
		if json.Unmarshal(text, &want) != nil || want == nil {
			return
		}
		written, err := json.Marshal(want)
		require.NoError(t, err)
		got, err := fieldsOf(written)
		require.NoError(t, err)
		require.Len(t, got, len(want))
		for name, value := range got {
			var compact bytes.Buffer
			require.NoError(t, json.Compact(&compact, value))
			require.Equal(t, compact.String(), string(value), name)
			again, err := json.Marshal(want[name])
			require.NoError(t, err)
			require.Equal(t, string(again), string(value), name)
		}
	})
}
