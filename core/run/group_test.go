package run_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/run"
)

var errBroken = errors.New("broken")

// diary is what the parts of a group write down, in order.
type diary struct {
	mu    sync.Mutex
	lines []string
}

func (d *diary) write(line string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, line)
}

func (d *diary) part(name string, stopTakes time.Duration) func(context.Context) error {
	return func(ctx context.Context) error {
		d.write(name + " up")
		<-ctx.Done()
		<-time.After(stopTakes)
		d.write(name + " down")
		return ctx.Err()
	}
}

func TestStartInOrderStopInReverse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d diary
		var group run.Group
		for _, name := range []string{"store", "relay", "http"} {
			group.Add(name, d.part(name, time.Second), run.Ready(func(context.Context) error {
				synctest.Wait()
				d.write(name + " ready")
				return nil
			}))
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Minute, cancel)
		require.NoError(t, group.Run(ctx), "to be asked to stop is no failure")
		require.Equal(t, []string{
			"store up", "store ready", "relay up", "relay ready", "http up", "http ready",
			"http down", "relay down", "store down",
		}, d.lines)
	})
}

func TestFirstFailureStopsAll(t *testing.T) {
	for _, test := range []struct {
		name string
		fail func(ctx context.Context) error
		want string
	}{
		{"error", func(context.Context) error { return errBroken }, "bad: broken"},
		{"panic", func(context.Context) error { panic("boom") }, "bad: panic: boom"},
		{"an inner context that ended is a failure too", func(context.Context) error {
			return fmt.Errorf("dial: %w", context.Canceled)
		}, "bad: dial"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var d diary
				var group run.Group
				group.Add("good", d.part("good", 0), run.Ready(func(context.Context) error {
					synctest.Wait()
					return nil
				}))
				group.Add("bad", func(ctx context.Context) error {
					<-time.After(time.Second)
					return test.fail(ctx)
				})
				err := group.Run(t.Context())
				require.ErrorContains(t, err, test.want)
				require.Equal(t, []string{"good up", "good down"}, d.lines)
			})
		})
	}
}

func TestNotReadyStartsNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d diary
		var group run.Group
		group.Add("first", func(ctx context.Context) error { <-ctx.Done(); return nil },
			run.Ready(func(context.Context) error { return errBroken }))
		group.Add("second", d.part("second", 0))
		require.ErrorIs(t, group.Run(t.Context()), errBroken)
		require.Empty(t, d.lines)
	})
}

func TestFinishedPartsEndTheGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var group run.Group
		group.Add("one", func(context.Context) error { return nil })
		group.Add("two", func(context.Context) error { <-time.After(time.Second); return nil })
		begun := time.Now()
		require.NoError(t, group.Run(t.Context()))
		require.Equal(t, time.Second, time.Since(begun))
	})
}

func TestOneDeadlineForTheWholeStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d diary
		var group run.Group
		group.Add("first", d.part("first", 0))
		group.Add("slow", d.part("slow", 6*time.Second))
		group.Add("stuck", d.part("stuck", time.Hour))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Minute, cancel)
		begun := time.Now()
		err := group.Run(ctx)
		require.ErrorContains(t, err, "did not stop within 10s: stuck, slow")
		require.InDelta(t, 70, time.Since(begun).Seconds(), 0.1)
		<-time.After(2 * time.Hour)
		synctest.Wait()
		require.Equal(t, []string{"first down", "slow down", "stuck down"}, d.lines[3:], "the others were told all the same")
	})
}

func TestFailureWhileStoppingIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var group run.Group
		group.Add("flusher", func(ctx context.Context) error {
			<-ctx.Done()
			return errBroken
		})
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		require.ErrorIs(t, group.Run(ctx), errBroken)
	})
}
