package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

var errBroken = errors.New("broken")

// bench runs a controller in a synctest bubble and records when each key ran.
type bench struct {
	*reconcile.Controller[string]
	t     *testing.T
	begun time.Time

	mu   sync.Mutex
	runs map[string][]time.Duration
	do   func(ctx context.Context, key string, run int) (reconcile.Result, error)
}

func start(t *testing.T, options reconcile.Options[string], do func(ctx context.Context, key string, run int) (reconcile.Result, error)) *bench {
	t.Helper()
	b := &bench{t: t, begun: time.Now(), runs: map[string][]time.Duration{}, do: do}
	b.Controller = reconcile.New(reconcile.Func[string](b.reconcile), options)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- b.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-done)
	})
	synctest.Wait()
	return b
}

func (b *bench) reconcile(ctx context.Context, key string) (reconcile.Result, error) {
	b.mu.Lock()
	b.runs[key] = append(b.runs[key], time.Since(b.begun))
	run := len(b.runs[key])
	b.mu.Unlock()
	return b.do(ctx, key, run)
}

// ran tells how often a key has run.
func (b *bench) ran(key string) int {
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.runs[key])
}

func always(result reconcile.Result, err error) func(context.Context, string, int) (reconcile.Result, error) {
	return func(context.Context, string, int) (reconcile.Result, error) { return result, err }
}

func TestManyEnqueuesAreOneRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		b := start(t, reconcile.Options[string]{Workers: 1}, func(context.Context, string, int) (reconcile.Result, error) {
			<-release
			return reconcile.Result{}, nil
		})
		b.Enqueue("busy")
		synctest.Wait()
		for range 50 {
			b.Enqueue("a")
			b.Nudge("a")
		}
		require.Equal(t, 1, b.Stats().Queued)
		require.Equal(t, 1, b.Stats().Working)
		close(release)
		require.Equal(t, 1, b.ran("a"))
		<-time.After(time.Hour)
		require.Equal(t, 1, b.ran("a"), "nothing to do until something changes")
	})
}

func TestWorkersWorkAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		keys := func() []string { return []string{"a", "b", "c", "d", "e"} } // all are ready before a worker looks
		b := start(t, reconcile.Options[string]{Workers: 3, Keys: keys}, func(context.Context, string, int) (reconcile.Result, error) {
			<-release
			return reconcile.Result{}, nil
		})
		require.Equal(t, 3, b.Stats().Working)
		require.Equal(t, 2, b.Stats().Queued)
		close(release)
		require.Equal(t, 1, b.ran("e"))
	})
}

func TestChangeDuringWorkRunsAgain(t *testing.T) {
	for _, test := range []struct {
		name   string
		tell   func(b *bench)
		err    error
		runs   int
		reason string
	}{
		{"level change", func(b *bench) { b.Enqueue("a") }, nil, 2, "the run may have read the state before the change"},
		{"nudge", func(b *bench) { b.Nudge("a") }, nil, 2, "an observer may have seen what the run has not"},
		{"delayed, due meanwhile", func(b *bench) { b.EnqueueAfter("a", 0) }, nil, 2, "its time had come"},
		{"level change, run fails", func(b *bench) { b.Enqueue("a") }, errBroken, 2, "a higher generation runs at once"},
		{"nudge, run fails", func(b *bench) { b.Nudge("a") }, errBroken, 1, "a nudge waits out the back-off"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				step := make(chan struct{})
				b := start(t, reconcile.Options[string]{}, func(_ context.Context, _ string, run int) (reconcile.Result, error) {
					if run > 1 {
						return reconcile.Result{}, nil
					}
					<-step
					return reconcile.Result{}, test.err
				})
				b.Enqueue("a")
				synctest.Wait()
				for range 3 {
					test.tell(b)
				}
				require.Equal(t, 1, b.ran("a"), "never twice at once")
				close(step)
				require.Equal(t, test.runs, b.ran("a"), test.reason)
			})
		})
	}
}

func TestBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, reconcile.Options[string]{}, always(reconcile.Result{}, errBroken))
		b.Enqueue("a")
		<-time.After(10 * time.Minute)
		synctest.Wait()
		want := []time.Duration{1, 2, 4, 8, 16, 32, 60, 60, 60}
		for i, seconds := range want {
			wait := b.runs["a"][i+1] - b.runs["a"][i]
			require.LessOrEqual(t, wait, seconds*time.Second, "wait %d", i)
			require.GreaterOrEqual(t, wait, seconds*time.Second*4/5, "wait %d", i)
		}
		attempts, next, err := b.Failure("a")
		require.Equal(t, b.ran("a"), attempts)
		require.ErrorIs(t, err, errBroken)
		require.WithinRange(t, next, time.Now(), time.Now().Add(time.Minute))

		before := b.ran("a")
		for range 5 {
			b.Nudge("a")
		}
		require.Equal(t, before, b.ran("a"), "a nudge does not shorten the back-off")
		b.EnqueueAfter("a", 0)
		require.Equal(t, before+1, b.ran("a"), "an exact wake-up does not wait for it")
		attempts, _, _ = b.Failure("a")
		require.Equal(t, before+1, attempts, "and does not reset it")
		b.Enqueue("a")
		require.Equal(t, before+2, b.ran("a"), "a change runs at once")
		attempts, next, _ = b.Failure("a")
		require.Equal(t, 1, attempts, "and resets it")
		require.LessOrEqual(t, time.Until(next), time.Second)
	})
}

func TestTerminalRestsUntilAChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var keys atomic.Pointer[[]string]
		keys.Store(&[]string{"a"})
		b := start(t, reconcile.Options[string]{Resync: time.Minute, Keys: func() []string { return *keys.Load() }},
			always(reconcile.Result{}, reconcile.Terminal(fmt.Errorf("wrapped: %w", errBroken))))
		<-time.After(time.Hour)
		require.Equal(t, 1, b.ran("a"), "a resync does not wake it")
		attempts, next, err := b.Failure("a")
		require.Equal(t, 1, attempts)
		require.ErrorIs(t, err, errBroken, "it is shown")
		require.True(t, next.IsZero())
		b.Enqueue("a")
		require.Equal(t, 2, b.ran("a"))
		keys.Store(&[]string{})
		<-time.After(time.Hour)
		attempts, _, _ = b.Failure("a")
		require.Zero(t, attempts, "what no longer exists is forgotten")
		require.NoError(t, reconcile.Terminal(nil))
	})
}

func TestDelaysAreExact(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, reconcile.Options[string]{}, func(_ context.Context, key string, run int) (reconcile.Result, error) {
			if key == "after" && run == 1 {
				return reconcile.Result{After: 17 * time.Minute}, nil
			}
			return reconcile.Result{}, nil
		})
		b.Enqueue("after")
		b.EnqueueAfter("later", time.Hour)
		b.EnqueueAfter("later", 30*time.Minute)
		b.EnqueueAfter("later", 45*time.Minute)
		b.EnqueueAfter("kept", time.Hour)
		b.Enqueue("kept")
		<-time.After(2 * time.Hour)
		synctest.Wait()
		require.Equal(t, []time.Duration{0, 17 * time.Minute}, b.runs["after"])
		require.Equal(t, []time.Duration{30 * time.Minute}, b.runs["later"], "the earliest wins")
		require.Equal(t, []time.Duration{0, time.Hour}, b.runs["kept"], "an earlier run does not cancel it")
		require.Zero(t, b.Stats().Delayed)
	})
}

func TestLaterRunReplacesTheWishOfAnEarlier(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, reconcile.Options[string]{}, func(_ context.Context, _ string, run int) (reconcile.Result, error) {
			return reconcile.Result{After: time.Duration(3-run) * time.Hour}, nil
		})
		b.Enqueue("a")
		<-time.After(time.Hour)
		b.Enqueue("a")
		<-time.After(10 * time.Hour)
		synctest.Wait()
		require.Equal(t, []time.Duration{0, time.Hour, 2 * time.Hour}, b.runs["a"])
	})
}

func TestSkippedRunKeepsFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, reconcile.Options[string]{}, func(_ context.Context, _ string, run int) (reconcile.Result, error) {
			if run <= 3 {
				return reconcile.Result{}, errBroken
			}
			return reconcile.Result{Skipped: true}, nil
		})
		b.Enqueue("a")
		<-time.After(7 * time.Second)
		attempts, _, _ := b.Failure("a")
		require.Equal(t, 3, attempts)
		b.EnqueueAfter("a", 0)
		require.GreaterOrEqual(t, b.ran("a"), 4)
		attempts, next, _ := b.Failure("a")
		require.Equal(t, 3, attempts, "a run that decided nothing says nothing about the failure")
		require.False(t, next.IsZero(), "which is still tried again")
	})
}

func TestPanicAndTimeoutAreErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		outcomes := map[string]reconcile.Outcome[string]{}
		var mu sync.Mutex
		b := start(t, reconcile.Options[string]{
			ReconcileTimeout: time.Minute,
			OnOutcome: func(o reconcile.Outcome[string]) {
				mu.Lock()
				defer mu.Unlock()
				outcomes[o.Key] = o
			},
		}, func(ctx context.Context, key string, run int) (reconcile.Result, error) {
			switch {
			case run > 1:
				return reconcile.Result{}, nil
			case key == "panics":
				panic("boom")
			default:
				<-ctx.Done()
				return reconcile.Result{}, context.Cause(ctx)
			}
		})
		b.Enqueue("panics")
		b.Enqueue("hangs")
		<-time.After(time.Minute + time.Millisecond)
		synctest.Wait()
		mu.Lock()
		require.NoError(t, outcomes["panics"].Err, "it was tried again")
		require.ErrorContains(t, outcomes["hangs"].Err, "too long")
		mu.Unlock()
		require.EqualValues(t, 1, b.Stats().Panicked)
		require.EqualValues(t, 1, b.Stats().Failed)
	})
}

func TestResyncFindsWhatNoEventTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, reconcile.Options[string]{
			Resync: reconcile.DefaultResync,
			Keys:   func() []string { return []string{"a", "b"} },
		}, always(reconcile.Result{}, nil))
		require.Equal(t, 1, b.ran("a"), "all keys run at the start")
		<-time.After(101 * time.Minute)
		require.InDelta(t, 11, b.ran("a"), 1)
		require.Equal(t, b.ran("a"), b.ran("b"))
	})
}

func TestStopCancelsAndForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		runs := 0
		c := reconcile.New(reconcile.Func[string](func(ctx context.Context, _ string) (reconcile.Result, error) {
			runs++
			if runs > 1 {
				return reconcile.Result{}, nil
			}
			<-ctx.Done()
			return reconcile.Result{}, ctx.Err()
		}), reconcile.Options[string]{})
		c.Enqueue("a")
		c.EnqueueAfter("b", time.Hour)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- c.Run(ctx) }()
		synctest.Wait()
		require.Error(t, c.Run(ctx), "two at once")
		cancel()
		require.NoError(t, <-done)
		stats := c.Stats()
		require.Zero(t, stats.Working+stats.Queued+stats.Delayed+stats.Failing, "being cut short is no failure of the key")

		again, stop := context.WithCancel(t.Context())
		go func() { done <- c.Run(again) }()
		<-time.After(2 * time.Hour)
		require.Equal(t, 1, runs, "the next term derives its own work")
		c.Enqueue("a")
		synctest.Wait()
		require.Equal(t, 2, runs)
		stop()
		require.NoError(t, <-done)
	})
}
