package measure

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

func figuresOf(samples map[string][]float64, o Options) []Figure {
	var figures []Figure
	for _, name := range slices.Sorted(maps.Keys(samples)) {
		id, quantile, _ := strings.Cut(name, "/")
		values := slices.Sorted(slices.Values(samples[name]))
		figures = append(figures, Figure{
			ID: id, Shape: fmt.Sprintf("%s, %s of %d bookings at %g/s, SQLite", what(id), quantile, o.Bookings, o.PerSecond),
			Value: values[len(values)/2], Unit: "ms", Runs: len(values), Low: values[0], High: values[len(values)-1],
		})
	}
	return figures
}

func what(id string) string {
	switch id {
	case "P5":
		return "POST to scheduled and durable"
	case "P9":
		return "created to the scheduler's booking"
	default:
		return id
	}
}

func writeJSON(path string, figures []Figure) error {
	content, err := json.MarshalIndent(figures, "", "  ")
	if err != nil {
		return fmt.Errorf("figures: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("figures: %w", err)
	}
	return os.WriteFile(path, append(content, '\n'), 0o600)
}

// load is the machine's load average where the system tells it.
func load() string {
	content, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Join(strings.Fields(string(content))[:3], ", ")
}

func writePage(path string, figures []Figure) error {
	var b strings.Builder
	fmt.Fprintf(&b, `# Benchmarks

Written by %s on %s: %d cores, %s, %s. Whole system in one process (API, three controllers, embedded etcd with fsync,
SQLite with full synchronous writes, simulators); the load generator shares the cores. Wall time; median of the runs with
their range. Load average when they ended: %s; a figure taken beside other work on the machine tells of that work.

| id | what | median | range | runs |
|---|---|---|---|---|
`, "`make bench`", time.Now().UTC().Format(time.DateOnly), runtime.NumCPU(), runtime.GOOS+"/"+runtime.GOARCH, runtime.Version(), load())
	for _, f := range figures {
		fmt.Fprintf(&b, "| %s | %s | %.1f %s | %.1f–%.1f | %d |\n", f.ID, f.Shape, f.Value, f.Unit, f.Low, f.High, f.Runs)
	}
	return os.WriteFile(path, []byte(b.String()), 0o600)
}
