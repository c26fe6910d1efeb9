package etcdkv

import (
	"bytes"
	"maps"
	"slices"
	"time"
)

// snapshot copies the items in key order.
func (m *Mirror) snapshot() []Item {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ordered == nil {
		m.ordered = slices.Sorted(maps.Keys(m.items))
	}
	items := make([]Item, 0, len(m.ordered))
	for _, key := range m.ordered {
		items = append(items, m.items[key])
	}
	return items
}

// replace puts a list in the place of the copy and tells what changed and what vanished.
func (m *Mirror) replace(listed map[string]Item, revision int64, cluster uint64) []Change {
	m.mu.Lock()
	defer m.mu.Unlock()
	var changes []Change
	for key, before := range m.items {
		if _, still := listed[key]; !still {
			changes = append(changes, Change{Key: key, Previous: &before})
		}
	}
	for key, item := range listed {
		before, known := m.items[key]
		switch {
		case !known:
			changes = append(changes, Change{Key: key, Item: &item})
		case !same(before, item):
			changes = append(changes, Change{Key: key, Item: &item, Previous: &before})
		}
	}
	slices.SortFunc(changes, func(a, b Change) int { return compareChanges(a, b) })
	m.items, m.ordered = listed, nil
	m.revision, m.cluster = revision, cluster
	m.heard, m.listed = time.Now(), true
	m.relists++
	return changes
}

// compareChanges puts what vanished first, then the rest in the order in which it was written.
func compareChanges(a, b Change) int {
	switch {
	case a.Item == nil && b.Item == nil:
		return bytes.Compare([]byte(a.Key), []byte(b.Key))
	case a.Item == nil:
		return -1
	case b.Item == nil:
		return 1
	default:
		return int(a.Item.ModRevision - b.Item.ModRevision)
	}
}

// same compares the values too: after a wipe another value may have the revision of the one before.
func same(a, b Item) bool {
	return a.ModRevision == b.ModRevision && a.CreateRevision == b.CreateRevision && bytes.Equal(a.Value, b.Value)
}

// apply takes a batch of the watch. It is false when the batch shows another history than the copy's: list again.
func (m *Mirror) apply(batch Batch) (changes []Change, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if batch.ClusterID != m.cluster || batch.Revision < m.revision {
		m.listed = false
		return nil, false
	}
	for _, event := range batch.Events {
		// What the list or an earlier batch told already is a duplicate.
		if event.Item.ModRevision <= m.revision {
			continue
		}
		if change, real := m.take(event); real {
			changes = append(changes, change)
		}
	}
	m.revision, m.heard = batch.Revision, time.Now()
	return changes, true
}

func (m *Mirror) take(event Event) (Change, bool) {
	key := event.Item.Key
	change := Change{Key: key}
	if before, known := m.items[key]; known {
		change.Previous = &before
	}
	if event.Deleted {
		delete(m.items, key)
		m.ordered = nil
		return change, change.Previous != nil
	}
	if change.Previous == nil {
		m.ordered = nil
	}
	m.items[key] = event.Item
	change.Item = &event.Item
	return change, true
}
