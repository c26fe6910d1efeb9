package seeds

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// kept maps the kinds to their collections in the store.
func kept() map[readmodel.Kind]string {
	return map[readmodel.Kind]string{
		readmodel.KindWorker: "cml_workers", readmodel.KindInstance: "lablet_instances", readmodel.KindDefinition: "lablet_definitions",
	}
}

// change is a journal entry as far as it is checked.
type change struct {
	Version int64             `json:"version"`
	Term    *api.Term         `json:"term"`
	Events  []json.RawMessage `json:"events"`
}

// checkJournal: every version is in the journal, terms never fall (V6), and every event reached the sink, in order and under
// its own id (V5).
func (s *storm) checkJournal() {
	wanted := map[string][]string{}
	for kind, collection := range kept() {
		documents, err := s.plane.Documents(s.t.Context(), collection)
		require.NoError(s.t, err)
		for _, d := range documents {
			name := string(kind) + "/" + d.ID
			wanted[name] = s.entries(string(kind), d)
		}
	}
	s.within(5*time.Minute, "all events are delivered", func() (bool, string) {
		got := s.delivered()
		for name, ids := range wanted {
			if !slices.Equal(ids, got[name]) {
				return false, fmt.Sprintf("%s: want %v, got %v", name, ids, got[name])
			}
		}
		return true, ""
	})
}

// entries lists the event ids of an aggregate's journal, which must be whole.
func (s *storm) entries(kind string, d store.Document) (ids []string) {
	entries, err := s.plane.Documents(s.t.Context(), "journal")
	require.NoError(s.t, err)
	changes := map[int64]change{}
	for _, entry := range entries {
		if entry.Index["aggregate"] != kind+"/"+d.ID {
			continue
		}
		var c change
		require.NoError(s.t, json.Unmarshal(entry.State, &c))
		changes[c.Version] = c
	}
	terms := map[string]int64{}
	for version := int64(1); version <= d.Version; version++ {
		c, ok := changes[version]
		require.True(s.t, ok, "%s/%s: version %d of %d is not in the journal, but %v", kind, d.ID, version, d.Version, slices.Sorted(maps.Keys(changes)))
		if c.Term != nil {
			require.GreaterOrEqual(s.t, c.Term.Term, terms[c.Term.Service], "%s/%s: a term fell at version %d", kind, d.ID, version)
			terms[c.Term.Service] = c.Term.Term
		}
		for place := range c.Events {
			ids = append(ids, eventID(kind, d.ID, version, place))
		}
	}
	require.Len(s.t, changes, int(d.Version), "%s/%s: the journal has versions that never were", kind, d.ID)
	return ids
}

// delivered lists the ids that the sink got, by aggregate, in the order of their first arrival.
func (s *storm) delivered() map[string][]string {
	events, err := s.plane.Events()
	require.NoError(s.t, err)
	seen, got := map[string]bool{}, map[string][]string{}
	for _, e := range events {
		if seen[e.ID] {
			continue
		}
		seen[e.ID] = true
		for kind := range kept() {
			name := string(kind) + "/" + e.Subject
			if len(e.ID) > len(name) && e.ID[:len(name)] == name {
				got[name] = append(got[name], e.ID)
			}
		}
	}
	return got
}

// checkProjection: etcd shows what the store has (V8). What is terminal and done with may have left etcd.
func (s *storm) checkProjection() {
	for kind, collection := range kept() {
		documents, err := s.plane.Documents(s.t.Context(), collection)
		require.NoError(s.t, err)
		for _, d := range documents {
			item, found, err := s.plane.Etcd.Get(context.Background(), readmodel.Key(kind, d.ID))
			require.NoError(s.t, err)
			if !found {
				require.NotEqual(s.t, readmodel.KindDefinition, kind, "definition %s is not in etcd", d.ID)
				continue
			}
			var envelope readmodel.Envelope
			require.NoError(s.t, json.Unmarshal(item.Value, &envelope))
			require.Equal(s.t, d.Version, envelope.Version, "%s/%s in etcd", kind, d.ID)
		}
	}
}
