package mongo

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

func things() collection {
	return collection{Collection: store.Collection{Name: "things", Fields: []string{"color", "name"}}}
}

func marshal(t *testing.T, value any) bson.Raw {
	t.Helper()
	raw, err := bson.Marshal(value)
	require.NoError(t, err)
	return raw
}

// full is a document with every part, and with State and Changes that no database should look into.
func full() store.Document {
	at := time.Date(2026, 3, 1, 8, 0, 0, 7_000_000, time.UTC)
	return store.Document{
		ID: "full", Schema: 3, Version: 12, Generation: 5, Terms: []store.Term{{Service: "resource-scheduler", Term: 1 << 40}},
		State: json.RawMessage(`{ "a.b":1, "$c":[[1],[2]] }`), Blob: []byte{0, 0xff},
		Changes:   []json.RawMessage{[]byte(`{ "version" : 12, "x":"<>" }`), []byte(`{"version":13,"e":1e400}`)},
		Journaled: 10, Projected: 9, Dirty: true, Unique: "u", Index: map[string]string{"color": "Größe"},
		CreatedAt: at, UpdatedAt: at.Add(time.Second), ExpiresAt: &at,
	}
}

func TestDocumentsSurvive(t *testing.T) {
	for _, want := range []store.Document{full(), {ID: "bare", Version: 1, Unique: "bare"}} {
		got, err := things().decode(marshal(t, things().insertion(want)))
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func TestStoredShape(t *testing.T) {
	raw := marshal(t, things().insertion(full()))
	require.Equal(t, bson.TypeBinary, raw.Lookup("state").Type, "no key of a state is a key of the database")
	require.Equal(t, bson.TypeDateTime, raw.Lookup("created_at").Type)
	require.Equal(t, "größe", raw.Lookup("l_color").StringValue())
	require.Empty(t, raw.Lookup("f_name").StringValue(), "a field without a value is there all the same")
	require.Equal(t, bson.TypeNull, marshal(t, things().insertion(store.Document{ID: "a"})).Lookup("changes").Type)
}

func TestReplacementSetsAllAndLowersNoMark(t *testing.T) {
	update := marshal(t, things().replacement(store.Document{ID: "a", Version: 2, Journaled: 1}))
	set, err := update.Lookup("$set").Document().Elements()
	require.NoError(t, err)
	var keys []string
	for _, e := range set {
		keys = append(keys, e.Key())
	}
	inserted, err := marshal(t, things().insertion(full())).Elements()
	require.NoError(t, err)
	var rest []string
	for _, e := range inserted {
		if e.Key() != keyID && e.Key() != keyJournaled && e.Key() != keyProjected {
			rest = append(rest, e.Key())
		}
	}
	require.Equal(t, rest, keys, "what an insert writes, a replace overwrites")
	require.JSONEq(t, `{"journaled":{"$numberLong":"1"},"projected":{"$numberLong":"0"}}`, update.Lookup("$max").Document().String())
}

func TestDecodeOtherReleases(t *testing.T) {
	newer := append(things().insertion(full()), bson.E{Key: "f_size", Value: 7}, bson.E{Key: "later", Value: bson.D{}})
	got, err := things().decode(marshal(t, newer))
	require.NoError(t, err)
	require.Equal(t, full(), got, "what a newer release added isn't seen")

	got, err = things().decode(marshal(t, bson.D{{Key: "_id", Value: "old"}, {Key: "version", Value: int32(4)}}))
	require.NoError(t, err, "what an older release left out is empty")
	require.Equal(t, int64(4), got.Version)
	require.Nil(t, got.Index)

	_, err = things().decode(marshal(t, bson.D{{Key: "_id", Value: 7}}))
	require.Error(t, err, "a foreign document")
}
