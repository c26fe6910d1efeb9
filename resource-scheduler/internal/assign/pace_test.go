package assign

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

func TestARunThatBookedManyRestsAsLongAsItTook(t *testing.T) {
	began := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		booked     int
		took, want time.Duration
		reason     string
	}{
		{rush, 0, 0, "a run that took no time"},
		{rush, 3 * time.Millisecond, 3 * time.Millisecond, "as long as it took"},
		{1000, time.Second, longestRest, "at most so long"},
		{rush - 1, time.Second, 0, "a few bookings are no rush"},
		{0, time.Hour, 0, "nothing was booked"},
	} {
		var p pace
		require.LessOrEqual(t, p.left(began), time.Duration(0), "the first run waits for nothing")
		p.ran(c.booked, began, began.Add(c.took))
		require.Equal(t, c.want, max(0, p.left(began.Add(c.took))), c.reason)
	}
}

func TestWhatComesDuringARestIsBookedTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const slow = 40 * time.Millisecond
		w := newWorld(t)
		w.definition()
		w.worker("w1", 64)
		w.api.schedule = func(req api.Schedule) (api.ScheduleResult, error) {
			<-time.After(slow)
			var result api.ScheduleResult
			for _, item := range req.Body.Instances {
				result.Outcomes = append(result.Outcomes, api.ScheduleOutcome{InstanceID: item.InstanceID, Ack: &api.Ack{ID: item.InstanceID, Version: 2, Attempt: 1}})
			}
			return result, nil
		}
		for n := range rush {
			w.instance(fmt.Sprintf("first%d", n), 1, nil)
		}
		w.reconcile()
		for n := range 10 {
			w.instance(fmt.Sprintf("i%d", n), 1, nil)
			require.Equal(t, reconcile.Result{After: slow, Skipped: true}, w.reconcile(), "it rests")
		}
		require.Len(t, w.api.scheduled, 1)
		<-time.After(slow)
		require.Zero(t, w.reconcile())
		require.Len(t, w.api.scheduled, 2)
		require.Len(t, w.api.scheduled[1].Body.Instances, 10)
	})
}
