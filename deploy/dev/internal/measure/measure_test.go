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
	figures := figuresOf(map[string][]float64{"P9/p50": {4}, "P5/p50": {3, 1, 2}, "P7/p99": {1}}, Options{Bookings: 10, PerSecond: 2.5})
	require.Len(t, figures, 3)
	require.Equal(t, Figure{
		ID: "P5", Shape: "POST to scheduled and durable, p50 of 10 bookings at 2.5/s, SQLite", Value: 2, Unit: "ms", Runs: 3, Low: 1, High: 3,
	}, figures[0])
	require.Contains(t, figures[1].Shape, "P7", "what has no words has its id")
	require.Equal(t, "P9", figures[2].ID)
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
	for _, o := range []Options{
		{Runs: 0, Bookings: 1, PerSecond: 1}, {Runs: 1, Bookings: 0, PerSecond: 1}, {Runs: 1, Bookings: 1, PerSecond: 0}, {Runs: 1, Bookings: 1, PerSecond: -1},
	} {
		require.ErrorContains(t, Run(t.Context(), o, &bytes.Buffer{}), "measure", "%+v", o)
	}
}

func TestSlotsFollowOneAnother(t *testing.T) {
	first, second := slot("d", 0).Body, slot("d", 1).Body
	require.Equal(t, 30*time.Minute, first.TimeslotEnd.Sub(*first.TimeslotStart))
	require.True(t, second.TimeslotStart.After(*first.TimeslotEnd), "the book and not the machine decides")
}
