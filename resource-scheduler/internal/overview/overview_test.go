package overview_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/resource-scheduler/internal/overview"
)

var now = time.Date(2026, 5, 1, 10, 40, 0, 0, time.UTC)

func instance(id string, status lifecycle.InstanceStatus, begins time.Duration) readmodel.Instance {
	start := now.Add(begins)
	return readmodel.Instance{ID: id, Status: status, TimeslotStart: &start}
}

func instances() []readmodel.Instance {
	soonest := readmodel.Instance{
		ID: "asap", Status: lifecycle.InstancePending, Requeues: 1, Conditions: []readmodel.Condition{{Type: "Placed", Reason: "no_capacity"}},
	}
	return []readmodel.Instance{
		soonest,
		instance("late", lifecycle.InstanceScheduled, -30*time.Minute),
		instance("soon", lifecycle.InstanceScheduled, 19*time.Minute),
		instance("next", lifecycle.InstancePending, 20*time.Minute),
		instance("last", lifecycle.InstancePending, 23*time.Hour),
		instance("beyond", lifecycle.InstancePending, 24*time.Hour),
		instance("forgotten", lifecycle.InstancePending, -2*time.Hour),
		instance("runs", lifecycle.InstanceRunning, -time.Minute),
	}
}

func TestSummary(t *testing.T) {
	s := overview.Summarize(instances(), []readmodel.Worker{{Status: lifecycle.WorkerRunning, Placeable: true}, {Status: lifecycle.WorkerRunning}})
	require.Equal(t, overview.Summary{
		Pending: 5, Scheduled: 2, Requeued: 1, Reasons: map[string]int{"no_capacity": 1},
		Workers: map[lifecycle.WorkerStatus]int{lifecycle.WorkerRunning: 2}, Placeable: 1,
	}, s)
}

func TestLandscape(t *testing.T) {
	l := overview.Landscapes(instances(), now)
	require.Len(t, l.Buckets, 24)
	require.Equal(t, overview.Bucket{Hour: now.Truncate(time.Hour), Scheduled: 2}, l.Buckets[0], "what is a little late belongs to now")
	require.Equal(t, 1, l.Buckets[1].Pending)
	require.Equal(t, 1, l.Buckets[23].Pending)
	require.Equal(t, 1, l.NoTimeslot)
	require.Equal(t, 2, l.OutsideWindow)
	counted := l.NoTimeslot + l.OutsideWindow
	for _, b := range l.Buckets {
		counted += b.Pending + b.Scheduled
	}
	require.Equal(t, 7, counted, "everything that waits is somewhere")
}

func TestSlots(t *testing.T) {
	ids := func(slots []overview.Slot) (ids []string) {
		for _, s := range slots {
			ids = append(ids, s.InstanceID)
		}
		return ids
	}
	require.Equal(t, []string{"soon", "next"}, ids(overview.Approaching(instances(), now)))
	expired := overview.Expired(instances(), now)
	require.Equal(t, []string{"forgotten", "late"}, ids(expired))
	require.InDelta(t, -7200, expired[0].Seconds, 0.001)
	require.NotNil(t, overview.Expired(nil, now), "an empty list, not null")
}
