package storetest

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// day is the moment that the suite's documents live around.
var day = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// change is a change record as the suite writes it; write is the write id that lost answers are looked up by.
func change(version int64, write string) json.RawMessage {
	return fmt.Appendf(nil, `{"version":%d,"write":%q}`, version, write)
}

// hasWrite says whether the document's changes hold the write, and fails when it is there twice.
func hasWrite(t testing.TB, d store.Document, write string) bool {
	t.Helper()
	n := 0
	for _, raw := range d.Changes {
		var c struct{ Write string }
		require.NoError(t, json.Unmarshal(raw, &c))
		if c.Write == write {
			n++
		}
	}
	require.LessOrEqual(t, n, 1, "write %s was applied more than once", write)
	return n == 1
}

// small is a document of version 1.
func small(id string) store.Document {
	return store.Document{
		ID: id, Schema: 1, Version: 1, Generation: 1, State: json.RawMessage(`{"n":1}`), Dirty: true,
		Changes: []json.RawMessage{change(1, "create")}, CreatedAt: day, UpdatedAt: day,
	}
}

// next is the document after one more change.
func next(d store.Document, write string) store.Document {
	d.Version++
	d.State = fmt.Appendf(nil, `{"n":%d}`, d.Version)
	d.Changes = append(append([]json.RawMessage(nil), d.Changes...), change(d.Version, write))
	d.UpdatedAt = d.UpdatedAt.Add(time.Second)
	d.Dirty = true
	return d
}

func ids(documents []store.Document) []string {
	out := make([]string, len(documents))
	for i, d := range documents {
		out[i] = d.ID
	}
	return out
}
