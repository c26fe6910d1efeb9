package stream_test

import (
	"encoding/json"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/stream"
)

// F-44: what is older than what was shown never shows again, whoever brings it: a late writer, or a snapshot that was read
// before. Each frame has its aggregate's version, so that a reader can tell.
func TestF44NothingOlderOverwritesWhatIsNewer(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.change(readmodel.KindWorker, "w", map[string]any{"status": "pending"}, "cml_worker.created.v1", `{}`)
		key := readmodel.Key(readmodel.KindWorker, "w")
		old := b.models[key]
		b.shelf.mu.Lock()
		b.shelf.shown = []stream.Snapshot{{Kind: readmodel.KindWorker, ID: "w", Version: 1, Worker: "w", Data: map[string]string{"status": "pending"}}}
		b.shelf.mu.Unlock()
		c := b.open(person("ann", api.Admin), api.StreamEvents{})
		b.change(readmodel.KindWorker, "w", map[string]any{"status": "running"}, "cml_worker.status.updated.v1", `{"new_status": "running"}`)

		newest := b.models[key]
		b.models[key] = old
		b.put(key) // somebody polls, and writes what it saw before
		b.models[key] = newest
		b.put(key)
		b.change(readmodel.KindWorker, "w", map[string]any{"status": "stopped"}, "cml_worker.status.updated.v1", `{"new_status": "stopped"}`)

		var versions []int64
		var last any
		for _, f := range c.frames() {
			if f.StreamFrame.ID == "w" {
				versions, last = append(versions, f.Version), field(t, f, "new_status")
			}
		}
		require.Equal(t, []int64{1, 2, 3}, versions, "the snapshot, then each change once, in order")
		require.Equal(t, "stopped", last)
		c.close()
	})
}

// F-44: readers hang on no process: whichever replica they read, they see the same, and may change over.
func TestF44EveryReplicaShowsTheSame(t *testing.T) {
	inBubble(t, func(b *bench) {
		one, first := b.open(person("ann", api.Admin), api.StreamEvents{}), b.hub
		stopFirst := b.stop
		b.start() // a second replica on the same bus
		two := b.open(person("ann", api.Admin), api.StreamEvents{})
		for range 5 {
			b.change(readmodel.KindWorker, "w", map[string]any{"status": "running"}, "cml_worker.status.updated.v1", `{}`)
		}
		require.NotSame(t, first, b.hub)
		require.Equal(t, told(t, one), told(t, two))
		require.Len(t, told(t, one), 5)

		seen := one.last()
		one.close()
		stopFirst()
		b.change(readmodel.KindWorker, "w", map[string]any{"status": "running"}, "cml_worker.status.updated.v1", `{}`)
		again := b.open(person("ann", api.Admin), api.StreamEvents{LastEventID: seen})
		synctest.Wait()
		require.Len(t, told(t, again), 1, "only what was missed")
		again.close()
		two.close()
	})
}

// told are the frames about aggregates, as they were read but for when.
func told(t *testing.T, c *client) (all []string) {
	t.Helper()
	for _, f := range c.frames() {
		if f.StreamFrame.ID == "" {
			continue
		}
		text, err := json.Marshal([]any{f.Event, f.ID, f.StreamFrame})
		require.NoError(t, err)
		all = append(all, string(text))
	}
	return all
}
