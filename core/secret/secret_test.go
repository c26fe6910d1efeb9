package secret

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNoPrintedFormShowsTheValue(t *testing.T) {
	s := New("hunter2")
	holder := struct {
		Key  String
		Refs *String
	}{Key: s, Refs: &s}
	hidden := struct{ key String }{key: s}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("m", "key", s, "holder", holder)
	encoded, err := json.Marshal(holder)
	require.NoError(t, err)

	for _, printed := range []string{
		fmt.Sprint(s), fmt.Sprintf("%v %+v %#v %s %q %x %d", s, s, s, s, s, s, s), fmt.Sprintf("%v %+v %#v", holder, holder, holder.Key),
		fmt.Sprintf("%v %+v %#v", hidden, hidden, hidden),
		string(encoded), log.String(),
	} {
		require.NotContains(t, printed, "hunter2")
		require.NotContains(t, printed, fmt.Sprintf("%x", "hunter2"))
	}
	require.Equal(t, "hunter2", s.Reveal())
}

func TestEqualComparesWholeValue(t *testing.T) {
	require.True(t, New("abc").Equal("abc"))
	require.False(t, New("abc").Equal("abcd"))
	require.False(t, New("abc").Equal(""))
}

func TestUnmarshalTextKeepsTheValue(t *testing.T) {
	var body struct{ Token String }
	require.NoError(t, json.Unmarshal([]byte(`{"Token":"t0"}`), &body))
	require.Equal(t, "t0", body.Token.Reveal())
}
