package reconcile_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

// journal writes down in which order keys ran.
type journal struct {
	mu   sync.Mutex
	keys []string
}

func (j *journal) note(key string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.keys = append(j.keys, key)
}

func (j *journal) index(key string) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Index(j.keys, key)
}

// first gives the keys that ran first.
func (j *journal) first(n int) []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.keys[:n])
}

// crowd starts one worker that takes a second for each key, with many keys in line.
func crowd(t *testing.T, keys int) (*bench, *journal) {
	t.Helper()
	j := &journal{}
	b := start(t, reconcile.Options[string]{Workers: 1}, func(_ context.Context, key string, _ int) (reconcile.Result, error) {
		j.note(key)
		<-time.After(time.Second)
		return reconcile.Result{}, nil
	})
	for i := range keys {
		b.Enqueue(fmt.Sprintf("k%03d", i))
	}
	synctest.Wait()
	return b, j
}

func TestWhoAsksIsServedFirst(t *testing.T) {
	for _, test := range []struct {
		name, key, reason string
		before            func(*bench)
	}{
		{"a key that rests", "asked", "it need not wait behind a hundred others", func(*bench) {}},
		{"a key far back in line", "k090", "it is moved forward", func(*bench) {}},
		{"a key that waits for its time", "later", "who asks does not mean later", func(b *bench) {
			b.EnqueueAfter("later", time.Hour)
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, j := crowd(t, 100)
				test.before(b)
				b.EnqueueFirst(test.key)
				b.Enqueue(test.key)
				b.Nudge(test.key)
				<-time.After(90 * time.Second)
				require.Equal(t, 1, j.index(test.key), test.reason)
				<-time.After(time.Minute)
				require.Equal(t, 1, b.ran(test.key), "once: what came meanwhile was one wish")
			})
		})
	}
}

func TestWhoAsksDuringWorkIsServedNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, j := crowd(t, 50)
		b.EnqueueFirst("k000") // it is being worked
		<-time.After(10 * time.Second)
		require.Equal(t, []string{"k000", "k000", "k001"}, j.first(3))
	})
}

func TestAskingDoesNotStarveOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := crowd(t, 20)
		end := time.Now().Add(2 * time.Minute)
		for time.Now().Before(end) {
			for i := range 5 {
				b.EnqueueFirst(fmt.Sprint("impatient-", i))
			}
			<-time.After(500 * time.Millisecond)
		}
		for i := range 20 {
			require.Equal(t, 1, b.ran(fmt.Sprintf("k%03d", i)), "one of four is not urgent")
		}
	})
}

func TestAHotKeyDoesNotHoldUpOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, j := crowd(t, 30)
		for range 3000 {
			b.Enqueue("hot")
			<-time.After(20 * time.Millisecond)
		}
		hot := 0
		for _, key := range j.first(31) {
			if key == "hot" {
				hot++
			}
		}
		require.Equal(t, 1, hot, "it goes to the end of the line each time")
		require.GreaterOrEqual(t, b.ran("hot"), 25, "and still runs when the line is empty")
	})
}

func TestMemoryIsBoundedByTheKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := crowd(t, 10)
		for i := range 20_000 {
			key := fmt.Sprintf("k%03d", i%10)
			b.Enqueue(key)
			b.EnqueueFirst(key)
			b.Nudge(key)
			b.EnqueueAfter(key, time.Duration(i%600)*time.Second)
		}
		states, total := b.KeyStates(5)
		require.Len(t, states, 5, "the list is as long as was asked for")
		require.Equal(t, 10, total)
		stats := b.Stats()
		require.LessOrEqual(t, stats.Queued+stats.Working, 10)
		<-time.After(time.Hour)
		synctest.Wait()
		_, total = b.KeyStates(100)
		require.Zero(t, total, "a key that rests takes no room")
	})
}
