package reconcile_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

// causes is what may make a key run, as the rules say it; it knows nothing of how the queue keeps it.
type causes struct {
	working, changed, nudged bool
	// wake is an exact time that was asked for, again what the last run asked for; zero when there is none.
	wake, again time.Time
	failures    int
	retry       time.Time
}

// TestNoRunWithoutCause does random things to a few keys and checks that every run had a cause, that none came before its
// back-off was over, and that at the end everything that had a cause has run.
func TestNoRunWithoutCause(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := &model{keys: map[string]*causes{}, random: rand.New(rand.NewPCG(seed, 4))} //nolint:gosec // a plan, not a secret
				m.run(t)
			})
		})
	}
}

type model struct {
	mu     sync.Mutex
	random *rand.Rand
	keys   map[string]*causes
	calm   bool
	wrong  []string
	runs   int
}

func (m *model) of(key string) *causes {
	if m.keys[key] == nil {
		m.keys[key] = &causes{}
	}
	return m.keys[key]
}

func (m *model) run(t *testing.T) {
	b := start(t, reconcile.Options[string]{Workers: 3}, m.reconcile)
	for range 1500 {
		m.act(b)
		<-time.After(time.Duration(m.below(3000)) * time.Millisecond)
	}
	m.mu.Lock()
	m.calm = true
	m.mu.Unlock()
	<-time.After(time.Hour)
	m.mu.Lock()
	defer m.mu.Unlock()
	require.Empty(t, m.wrong[:min(len(m.wrong), 3)])
	require.Greater(t, m.runs, 500, "the plan is not empty")
	for key, c := range m.keys {
		require.Equal(t, causes{}, *c, "%s: what had a cause has run", key)
	}
}

func (m *model) below(n int) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.random.IntN(n)
}

// act does one thing; the model is told first, under the lock that a run takes when it begins.
func (m *model) act(b *bench) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := fmt.Sprint("key-", m.random.IntN(6))
	c := m.of(key)
	switch m.random.IntN(5) {
	case 0:
		c.changed, c.failures, c.retry = true, 0, time.Time{}
		b.Enqueue(key)
	case 1:
		c.changed, c.failures, c.retry = true, 0, time.Time{}
		b.EnqueueFirst(key)
	case 2:
		// While it works the run's end decides; otherwise one that backs off is left alone.
		c.nudged = c.nudged || c.working || c.failures == 0
		b.Nudge(key)
	case 3:
		at := time.Now().Add(time.Duration(m.random.IntN(90)) * time.Second)
		if c.wake.IsZero() || at.Before(c.wake) {
			c.wake = at
		}
		b.EnqueueAfter(key, time.Until(at))
	}
}

func (m *model) begin(key string) (took time.Duration, fails bool, again time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.runs++
	c, now := m.of(key), time.Now()
	due := func(at time.Time) bool { return !at.IsZero() && !now.Before(at) }
	switch {
	case c.working:
		m.wrong = append(m.wrong, key+" is worked twice at once")
	case !c.changed && !c.nudged && !due(c.wake) && !due(c.again) && !due(c.retry):
		m.wrong = append(m.wrong, fmt.Sprintf("%s ran without cause: %+v", key, *c))
	}
	if due(c.wake) {
		c.wake = time.Time{}
	}
	c.working, c.changed, c.nudged, c.again, c.retry = true, false, false, time.Time{}, time.Time{}
	if !m.calm {
		fails = m.random.IntN(3) == 0
		again = time.Duration(m.random.IntN(2)*m.random.IntN(60)) * time.Second
	}
	return time.Duration(m.random.IntN(4000)) * time.Millisecond, fails, again
}

func (m *model) reconcile(_ context.Context, key string, _ int) (reconcile.Result, error) {
	took, fails, again := m.begin(key)
	<-time.After(took)
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.of(key)
	c.working = false
	if fails {
		c.nudged = false
		if !c.changed { // a change during work counts more than how the work ended
			c.failures++
			// The shortest wait that jitter allows.
			c.retry = time.Now().Add(min(time.Second<<(c.failures-1), time.Minute) * 4 / 5)
		}
		return reconcile.Result{}, errBroken
	}
	c.failures = 0
	if again > 0 {
		c.again = time.Now().Add(again)
	}
	return reconcile.Result{After: again}, nil
}
