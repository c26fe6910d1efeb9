package journal_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// rewrite changes a stored entry as somebody with the store's password could.
func rewrite(t *testing.T, engine store.Engine, version int64, old, text string) {
	t.Helper()
	d, err := engine.Get(t.Context(), journal.Name, journal.EntryID(kind, "a", version))
	require.NoError(t, err)
	changed := strings.ReplaceAll(string(d.State), old, text)
	require.NotEqual(t, string(d.State), changed)
	d.State, d.Version = json.RawMessage(changed), d.Version+1
	require.NoError(t, engine.Replace(t.Context(), journal.Name, d, d.Version-1))
}

func drop(t *testing.T, engine store.Engine, version int64) {
	t.Helper()
	require.NoError(t, engine.Delete(t.Context(), journal.Name, journal.EntryID(kind, "a", version), 1))
}
