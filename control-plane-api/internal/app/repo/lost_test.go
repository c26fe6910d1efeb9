package repo_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo/repotest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

func TestALostAnswerIsLookedUp(t *testing.T) {
	b := newBench(t)
	b.given(t, "a")
	lost := fmt.Errorf("%w: %w", store.ErrUnavailable, store.ErrUnknown)
	cases := map[string]struct {
		fault  storetest.Fault
		reason string
	}{
		"applied":     {storetest.Fault{Lose: lost}, "the write is found by its id and not done again"},
		"not applied": {storetest.Fault{Fail: lost}, "the write is not found and is done again"},
	}
	want := 0
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b.engine.SetHook(storetest.OnCall(storetest.Replace, 1, c.fault))
			thing, meta, err := b.things.Update(t.Context(), "a", add(1))
			want++
			require.NoError(t, err, c.reason)
			require.True(t, meta.Changed)
			require.Equal(t, want, thing.Count, c.reason)
			require.EqualValues(t, want+1, meta.Version, c.reason)
		})
	}
}

// A writer that comes in while the answer is lost must not hide what was written.
func TestALostAnswerIsFoundBehindOtherWrites(t *testing.T) {
	b := newBench(t)
	b.given(t, "a")
	b.engine.SetHook(storetest.OnCall(storetest.Replace, 1, storetest.Fault{
		Lose: store.ErrUnknown,
		Then: func() {
			for range 3 {
				_, _, err := b.things.Update(context.WithoutCancel(t.Context()), "a", add(10))
				require.NoError(t, err)
			}
		},
	}))
	thing, _, err := b.things.Update(t.Context(), "a", add(1))
	require.NoError(t, err)
	require.Equal(t, 31, thing.Count)
}

func TestACallerThatHasGoneLearnsNothingFalse(t *testing.T) {
	for name, fault := range map[string]storetest.Fault{"applied": {Lose: store.ErrUnknown}, "not applied": {Fail: store.ErrUnknown}} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.given(t, "a")
			ctx, cancel := context.WithCancel(keyed(t.Context(), "k", "1"))
			b.engine.SetHook(func(c context.Context, did storetest.Call) storetest.Fault {
				if did.Op != storetest.Replace {
					return storetest.Fault{}
				}
				defer cancel()
				if fault.Lose != nil {
					return storetest.Fault{Lose: fault.Lose, Then: cancel}
				}
				return fault
			})
			_, _, err := b.things.Update(ctx, "a", add(1))
			b.engine.SetHook(nil)
			thing, _, getErr := b.things.Get(t.Context(), "a")
			require.NoError(t, getErr)
			if err == nil {
				require.Equal(t, 1, thing.Count)
			} else {
				require.True(t, failure.Is(err, failure.Unavailable))
			}
			thing, _, err = b.things.Update(keyed(t.Context(), "k", "1"), "a", add(1))
			require.NoError(t, err)
			require.Equal(t, 1, thing.Count, "the repeat has one effect with what went before")
		})
	}
}

func TestAStaleWriteIsAppliedAnew(t *testing.T) {
	b := newBench(t)
	b.given(t, "a")
	runs := 0
	thing, _, err := b.things.Update(t.Context(), "a", func(thing *repotest.Thing) error {
		runs++
		if runs == 1 {
			_, _, err := b.things.Update(t.Context(), "a", add(10))
			require.NoError(t, err)
		}
		thing.Add(1)
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, 11, thing.Count)
	require.Equal(t, 2, runs)
}
