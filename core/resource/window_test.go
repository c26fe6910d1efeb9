package resource

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func at(minute int) time.Time {
	return time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).Add(time.Duration(minute) * time.Minute)
}

func TestOverlaps(t *testing.T) {
	hour := Window{From: at(0), Until: at(60)}
	cases := []struct {
		reason   string
		other    Window
		overlaps bool
	}{
		{"back to back after", Window{From: at(60), Until: at(90)}, false},
		{"back to back before", Window{From: at(-30), Until: at(0)}, false},
		{"one minute shared", Window{From: at(59), Until: at(90)}, true},
		{"inside", Window{From: at(10), Until: at(20)}, true},
		{"around", Window{From: at(-10), Until: at(90)}, true},
		{"open-ended from later on", Window{From: at(60)}, false},
		{"open-ended from before", Window{From: at(-90)}, true},
	}
	for _, c := range cases {
		require.Equal(t, c.overlaps, hour.Overlaps(c.other), c.reason)
		require.Equal(t, c.overlaps, c.other.Overlaps(hour), "%s, the other way round", c.reason)
	}
	require.True(t, Window{From: at(0)}.Overlaps(Window{From: at(900)}), "two without an end")
}

func TestContainsIsHalfOpen(t *testing.T) {
	w := Window{From: at(0), Until: at(60)}
	require.True(t, w.Contains(at(0)))
	require.False(t, w.Contains(at(60)))
	require.False(t, w.Contains(at(-1)))
	require.True(t, Window{From: at(0)}.Contains(at(1<<20)))
}

func TestOverlapMeansThatAnInstantIsShared(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) Window {
			from := rapid.IntRange(0, 20).Draw(t, name)
			return Window{From: at(from), Until: at(from + rapid.IntRange(1, 10).Draw(t, name+" length"))}
		}
		a, b := draw("a"), draw("b")
		shared := false
		for minute := range 32 {
			shared = shared || a.Contains(at(minute)) && b.Contains(at(minute))
		}
		require.Equal(t, shared, a.Overlaps(b))
	})
}

func TestWiden(t *testing.T) {
	wide := Window{From: at(0), Until: at(60)}.Widen(15*time.Minute, 5*time.Minute)
	require.Equal(t, Window{From: at(-15), Until: at(65)}, wide)
	require.True(t, Window{From: at(0)}.Widen(time.Minute, time.Minute).Open(), "open stays open")
}

func TestOpenEndIsLeftOutOfJSON(t *testing.T) {
	data, err := json.Marshal(Window{From: at(0)})
	require.NoError(t, err)
	require.JSONEq(t, `{"from":"2026-03-02T09:00:00Z"}`, string(data))
}
