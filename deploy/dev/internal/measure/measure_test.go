package measure

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestPercentile(t *testing.T) {
	var all []time.Duration
	for n := range 100 {
		all = append(all, time.Duration(100-n)*time.Millisecond)
	}
	sorted := sortedCopy(all)
	require.Equal(t, 100*time.Millisecond, all[0], "the order of the samples stays")
	require.InDelta(t, 51, percentile(sorted, 0.50), 0)
	require.InDelta(t, 100, percentile(sorted, 0.99), 0)
	require.InDelta(t, 100, percentile(sorted, 1), 0)
	require.InDelta(t, 1, percentile(sorted, 0), 0)
	require.InDelta(t, 1.5, percentile([]time.Duration{1500 * time.Microsecond}, 0.99), 0)
	require.Zero(t, percentile(nil, 0.5))
}

func TestFiguresAreTheMedianWithItsRange(t *testing.T) {
	var s samples
	for _, value := range []float64{3, 1, 2} {
		s.add([]reading{{"P5", "POST to durable, p50", value, "ms"}, {"P8", "GET by id", 10 * value, "1/s"}})
	}
	require.Equal(t, []Figure{
		{ID: "P5", Shape: "POST to durable, p50, SQLite", Value: 2, Unit: "ms", Runs: 3, Low: 1, High: 3},
		{ID: "P8", Shape: "GET by id, SQLite", Value: 20, Unit: "1/s", Runs: 3, Low: 10, High: 30},
	}, s.figures("SQLite"))
}

func TestLatencies(t *testing.T) {
	took := []time.Duration{4 * time.Millisecond, 2 * time.Millisecond, 3 * time.Millisecond, time.Millisecond}
	require.Equal(t, []reading{{"P7", "shape, p50", 3, "ms"}, {"P7", "shape, p100", 4, "ms"}}, latencies("P7", "shape", took, 0.5, 1))
}

func TestOnlyWhatIsWantedIsMeasured(t *testing.T) {
	require.True(t, Options{}.wants("P5"))
	require.True(t, Options{Only: []string{"P7"}}.wants("P7", "P8"))
	require.False(t, Options{Only: []string{"P7"}}.wants("P5", "P9"))
	require.Len(t, Options{}.stores(), 1)
	both := Options{MongoDB: "mongodb://db:27017/?x=y"}.stores()
	require.Len(t, both, 2)
	one, err := both[1].fresh()
	require.NoError(t, err)
	require.Regexp(t, `^mongodb://db:27017/lcm_bench_\d+\?x=y$`, one)
}

func TestALineOfAGoBenchmark(t *testing.T) {
	require.Equal(t, []reading{
		{"D1", "Engine/find 100 of 10000, µs/op", 1.5, "µs/op"}, {"D1", "Engine/find 100 of 10000, events/s", 12, "events/s"},
		{"D1", "Engine/find 100 of 10000, B/op", 20, "B/op"}, {"D1", "Engine/find 100 of 10000, allocs/op", 3, "allocs/op"},
	}, readingsOf("D1", "BenchmarkEngine/find_100_of_10000-2   \t 405\t 1500 ns/op\t 12 events/s\t 20 B/op\t 3 allocs/op"))
	require.Empty(t, readingsOf("D1", "PASS"))
	require.Empty(t, readingsOf("D1", "ok  \tpackage\t1.2s"))
}

func TestFiguresAreWritten(t *testing.T) {
	dir := t.TempDir()
	figures := []Figure{{ID: "P5", Shape: "to durable", Value: 12.34, Unit: "ms", Runs: 3, Low: 10, High: 20}}
	file, page := filepath.Join(dir, "deep", "bench.json"), filepath.Join(dir, "page.md")
	require.NoError(t, writeJSON(file, figures))
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	var back []Figure
	require.NoError(t, json.Unmarshal(content, &back))
	require.Equal(t, figures, back)
	require.NoError(t, writePage(page, figures))
	content, err = os.ReadFile(page)
	require.NoError(t, err)
	require.Contains(t, string(content), "| P5 | to durable | 12.3 ms | 10.0–20.0 | 3 |\n")
}

func TestThereMustBeSomethingToMeasure(t *testing.T) {
	good := Options{Runs: 1, Bookings: 1, PerSecond: 1, Burst: 1, Stored: 10, Requests: 1, Lasting: time.Second}
	require.NoError(t, good.check())
	for reason, spoil := range map[string]func(*Options){
		"no runs": func(o *Options) { o.Runs = 0 }, "no bookings": func(o *Options) { o.Bookings = 0 }, "no rate": func(o *Options) { o.PerSecond = -1 },
		"no burst": func(o *Options) { o.Burst = 0 }, "nothing stored": func(o *Options) { o.Stored = 0 }, "no time": func(o *Options) { o.Lasting = 0 },
	} {
		o := good
		spoil(&o)
		require.ErrorContains(t, Run(t.Context(), o, &bytes.Buffer{}), "measure", reason)
	}
}

func TestSlotsFollowOneAnother(t *testing.T) {
	first, second := slot("d", 0).Body, slot("d", 1).Body
	require.Equal(t, 30*time.Minute, first.TimeslotEnd.Sub(*first.TimeslotStart))
	require.True(t, second.TimeslotStart.After(*first.TimeslotEnd), "the book and not the machine decides")
}
