package repo

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// changed is a document of so many changes, each of about so many bytes.
func changed(versions, journaled int64, changes, size int) store.Document {
	d := store.Document{Version: versions, Journaled: journaled}
	for n := range int64(changes) {
		version := versions - int64(changes) + 1 + n
		d.Changes = append(d.Changes, json.RawMessage(fmt.Sprintf(`{"version":%d,"reason":%q}`, version, strings.Repeat("x", size))))
	}
	return d
}

func TestChangesThatStay(t *testing.T) {
	const kib = 1 << 10
	for _, c := range []struct {
		d      store.Document
		want   int
		reason string
	}{
		{changed(5, 5, 5, kib), 5, "few stay"},
		{changed(40, 40, 16, kib), 15, "of what is in the journal the last ones, and the new one"},
		{changed(40, 10, 30, kib), 30, "what is not in the journal stays, however much"},
		{changed(40, 10, 30, 30*kib), 30, "and however long"},
		{changed(40, 40, 16, 30*kib), 2, "of long ones only a few"},
		{changed(40, 39, 16, 30*kib), 3, "besides what is not in the journal"},
		{changed(40, 40, 16, 100*kib), 0, "of very long ones none"},
		{changed(0, 0, 0, 0), 0, "a new document has none"},
	} {
		stay := kept(c.d)
		require.Len(t, stay, c.want, c.reason)
		if c.want > 0 {
			require.Equal(t, c.d.Changes[len(c.d.Changes)-1], stay[c.want-1], c.reason)
		}
	}
}

func TestAWriteIsFoundByItsIDAlone(t *testing.T) {
	var d store.Document
	for n, c := range []journal.Change{{WriteID: "w1"}, {WriteID: "w2", Reason: "w3"}, {WriteID: "w4", RequestID: `"w5"`}} {
		c.Version = int64(n) + 1
		raw, err := json.Marshal(c)
		require.NoError(t, err)
		d.Changes, d.Version = append(d.Changes, raw), c.Version
	}
	for id, want := range map[string]bool{"w1": true, "w2": true, "w4": true, "w3": false, "w5": false, "w": false, "": false} {
		found, err := landed(d, write{id: id})
		require.NoError(t, err)
		require.Equal(t, want, found, "write %q", id)
	}
	require.EqualValues(t, 1, firstVersion(d))
}

func TestARequestIsFoundByItsKeyWhateverCharactersItHas(t *testing.T) {
	for _, key := range []string{"plain", `with "quotes" and \`, "<&>", "é\u2028"} {
		raw, err := json.Marshal(journal.Change{Version: 1, Idempotency: &journal.Idempotency{Caller: "ann", Route: "r", Key: key}})
		require.NoError(t, err)
		d := store.Document{Version: 1, Changes: []json.RawMessage{raw}}
		_, found, err := newest(d, key, func(c journal.Change) bool { return c.Idempotency.Key == key })
		require.NoError(t, err)
		require.True(t, found, key)
	}
}

func TestWhatCannotBeReadIsNotTakenForNeverMade(t *testing.T) {
	d := store.Document{Version: 1, Changes: []json.RawMessage{json.RawMessage(`{"version":"one","write_id":"w1"}`)}}
	_, err := landed(d, write{id: "w1"})
	require.Equal(t, "state_unreadable", failure.CodeOf(err))
	found, err := landed(d, write{id: "w2"})
	require.NoError(t, err, "it is not in there, whatever else is")
	require.False(t, found)
}
