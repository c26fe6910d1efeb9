package readmodel_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// FuzzDecode reads any value as any kind's document. What is taken says the same when it is written and read again.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"epoch":"e","version":3,"generation":2,"model":{"id":"i","status":"running","timeslot_start":"2026-01-01T00:00:00Z"},"changes":[{"version":3,"at":"2026-01-01T00:00:00Z","by":"ann","events":[{"type":"t","data":{}}]}]}`,
		`{"model":null}`, `{"model":[]}`, `{}`, `null`, `[]`, ``, `{"version":-1,"model":{}}`, `{"version":9223372036854775808,"model":{}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		same[readmodel.Worker](t, value)
		same[readmodel.Instance](t, value)
		same[readmodel.Definition](t, value)
		same[readmodel.Template](t, value)
		same[readmodel.LabRecord](t, value)
		same[readmodel.Settings](t, value)
		same[readmodel.Task](t, value)
	})
}

func same[M any](t *testing.T, value []byte) {
	t.Helper()
	envelope, model, err := readmodel.Decode[M](value)
	if err != nil {
		require.Less(t, len(err.Error()), 1000, "an error does not repeat a document")
		return
	}
	var second readmodel.Envelope
	first, err := json.Marshal(model)
	if err != nil {
		return // a time that JSON takes and does not give
	}
	envelope.Model = first
	text, err := json.Marshal(envelope)
	if err != nil {
		return
	}
	second, again, err := readmodel.Decode[M](text)
	require.NoError(t, err)
	require.Equal(t, envelope.Version, second.Version)
	require.Equal(t, envelope.Epoch, second.Epoch)
	written, err := json.Marshal(again)
	require.NoError(t, err)
	require.JSONEq(t, string(first), string(written))
}

// FuzzParseKey reads any key. What is a key of ours is the key of what it names.
func FuzzParseKey(f *testing.F) {
	for _, seed := range []string{"/lcm/workers/w", "/lcm/workers/", "/lcm//w", "/lcm/a/b/c", "/lcm-leader/x", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, key string) {
		kind, id, ok := readmodel.ParseKey(key)
		if ok {
			require.Equal(t, key, readmodel.Key(kind, id))
			require.NotEmpty(t, id)
		}
	})
}
