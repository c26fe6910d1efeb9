package journal_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
)

// FuzzDecode reads any stored change: it is taken or refused, and what is taken can be stored again.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"version":3,"write_id":"w","by":"ann","at":"2026-01-01T00:00:00Z","events":[{"type":"t.v1","data":{"a":1}}],"before":{"x":1},"after":{"x":"***"},"prev_hash":"00"}`,
		`{"idempotency":{"caller":"c","route":"r","key":"k","body_hash":"b"}}`, `{}`, `null`, `[]`, ``, `{"version":1e3}`, `{"events":[{"data":null}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		change, err := journal.Decode(raw)
		if err != nil {
			require.Zero(t, change)
			return
		}
		if change.Idempotency != nil {
			require.True(t, change.Idempotency.Same(*change.Idempotency))
			require.Len(t, change.Idempotency.Digest(), 64)
		}
		written, err := json.Marshal(change)
		if err != nil {
			return // a time that JSON takes and does not give
		}
		again, err := journal.Decode(written)
		require.NoError(t, err)
		require.Equal(t, change.Version, again.Version)
		require.Len(t, again.Events, len(change.Events))
	})
}
