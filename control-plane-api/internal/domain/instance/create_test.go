package instance

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

func TestSlotRules(t *testing.T) {
	when := func(d time.Duration) *time.Time {
		instant := noon.Add(d)
		return &instant
	}
	for _, c := range []struct {
		reason   string
		start    *time.Time
		end      *time.Time
		duration time.Duration
		code     string
		length   time.Duration
	}{
		{"an hour from now", when(time.Hour), when(2 * time.Hour), 0, "", time.Hour},
		{"a slot of seconds", when(time.Second), when(3 * time.Second), 0, "", 2 * time.Second},
		{"four minutes late is taken", when(-4 * time.Minute), when(time.Hour), 0, "", 64 * time.Minute},
		{"six minutes late is not", when(-6 * time.Minute), when(time.Hour), 0, "timeslot_in_past", 0},
		{"in ten years less a day", when((10*365 - 1) * 24 * time.Hour), when((10*365-1)*24*time.Hour + time.Hour), 0, "", time.Hour},
		{"in eleven years", when(11 * 365 * 24 * time.Hour), when(11*365*24*time.Hour + time.Hour), 0, "timeslot_too_far", 0},
		{"a slot that is over", when(-4 * time.Minute), when(-time.Minute), 0, "timeslot_in_past", 0},
		{"the end is the start", when(time.Hour), when(time.Hour), 0, "timeslot_end_before_start", 0},
		{"the end is before the start", when(2 * time.Hour), when(time.Hour), 0, "timeslot_end_before_start", 0},
		{"longer than the definition allows", when(time.Hour), when(5 * time.Hour), 0, "timeslot_too_long", 0},
		{"exactly as long as allowed", when(time.Hour), when(4 * time.Hour), 0, "", 3 * time.Hour},
		{"as soon as possible", nil, nil, 30 * time.Minute, "", 30 * time.Minute},
		{"as soon as possible, too long", nil, nil, 4 * time.Hour, "timeslot_too_long", 0},
		{"nothing at all", nil, nil, 0, "timeslot_missing", 0},
		{"an end alone", nil, when(time.Hour), 0, "timeslot_missing", 0},
		{"an end and a duration", nil, when(time.Hour), time.Minute, "timeslot_missing", 0},
		{"a start alone", when(time.Hour), nil, 0, "timeslot_missing", 0},
		{"a start and a duration", when(time.Hour), nil, time.Hour, "", time.Hour},
	} {
		t.Run(c.reason, func(t *testing.T) {
			i, err := New("i", Spec{OwnerID: "ann", Start: c.start, End: c.end, Duration: c.duration, Max: 3 * time.Hour}, at(0))
			if c.code != "" {
				require.Equal(t, c.code, failure.CodeOf(err))
				require.Equal(t, failure.Invalid, failure.KindOf(err))
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.length, i.Slot.Duration)
			require.Equal(t, c.start == nil, i.Slot.ASAP)
			require.Len(t, i.StateHistory, 1)
			events, _, raises := i.Changes()
			require.Equal(t, []string{EventCreated}, types(events))
			require.True(t, raises)
		})
	}
}

func TestAsSoonAsPossibleGetsItsSlotWithEachPlace(t *testing.T) {
	i, err := New("i", Spec{OwnerID: "ann", Duration: time.Hour, Lead: 10 * time.Minute}, at(0))
	require.NoError(t, err)
	require.Nil(t, i.Slot.Start)
	require.False(t, i.Slot.Over(noon.Add(1000*time.Hour), 0), "without a slot nothing is missed")
	window := i.Slot.Window(noon.Add(time.Minute), 5*time.Minute)
	require.Equal(t, noon.Add(time.Minute), window.From, "instantiation begins at once")
	require.Equal(t, noon.Add(76*time.Minute), window.Until)

	require.NoError(t, i.Schedule("w", nil, at(time.Minute)))
	require.Equal(t, noon.Add(11*time.Minute), *i.Slot.Start)
	require.Equal(t, noon.Add(71*time.Minute), *i.Slot.End)
	require.True(t, i.Slot.Due(noon.Add(time.Minute), 0))
	require.False(t, i.Slot.Due(noon, 0))

	require.NoError(t, i.Requeue("why", "", at(time.Hour)))
	require.Nil(t, i.Slot.Start, "while it waits it has no slot")
	require.NoError(t, i.Schedule("w", nil, at(2*time.Hour)))
	require.Equal(t, noon.Add(2*time.Hour+10*time.Minute), *i.Slot.Start)
}
