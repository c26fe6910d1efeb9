package etcdkv

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"time"
)

const (
	// verifyKeys is how many keys are compared at a time, and verifyTimeout how long that may take.
	verifyKeys    = 20
	verifyTimeout = 2 * time.Second
)

// verify compares some keys, from a random place on, with what the store had at the copy's own revision. The two can only
// differ when the store has another history: wiped or restored, and come past the revision that the watch waited for before
// its silence was noticed. Nothing else would tell then, and what was lost would stay in the copy for ever.
func (m *Mirror) verify(ctx context.Context) error {
	after, held, revision, cluster := m.sample()
	ctx, cancel := context.WithTimeout(ctx, verifyTimeout)
	defer cancel()
	page, err := m.store.List(ctx, m.prefix, after, verifyKeys, revision)
	switch {
	case errors.Is(err, ErrFutureRevision):
		return errHistoryChanged
	case err != nil:
		return nil // compacted, or it does not answer: there is nothing to compare with
	}
	if page.ClusterID != cluster || !slices.EqualFunc(page.Items, held, func(a, b Item) bool { return a.Key == b.Key && same(a, b) }) {
		return errHistoryChanged
	}
	return nil
}

// sample picks keys that follow each other, and the one before them.
func (m *Mirror) sample() (after string, items []Item, revision int64, cluster uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ordered == nil {
		m.ordered = slices.Sorted(maps.Keys(m.items))
	}
	first := rand.IntN(max(0, len(m.ordered)-verifyKeys) + 1)
	if first > 0 {
		after = m.ordered[first-1]
	}
	for _, key := range m.ordered[first:min(first+verifyKeys, len(m.ordered))] {
		items = append(items, m.items[key])
	}
	return after, items, m.revision, m.cluster
}
