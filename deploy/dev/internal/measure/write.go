package measure

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

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

// loadAverage is the machine's, where the system tells it.
func loadAverage() string {
	content, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Join(strings.Fields(string(content))[:3], ", ")
}

func writePage(path string, figures []Figure) error {
	var b strings.Builder
	fmt.Fprintf(&b, `# Benchmarks

Written by %s on %s: %d cores, %s, %s. Whole system in one process (API, three controllers, embedded etcd with fsync, the
store, simulators); the load generator shares the cores. SQLite writes with full synchronisation. Each figure names the store
that it was taken on; MongoDB is measured where LCM_BENCH_MONGODB_URI names a server. Wall time; median of the runs with their
range. Load average when they ended: %s; a figure taken beside other work on the machine tells of that work.

Goals on 2 cores: P5 p99 100 ms; P6 3 s; P7 p95 15 ms, p99 50 ms; P8 4,000 and 500 a second; P9 p50 10 ms, p99 100 ms; P10 250 ms
and 6 s; P11 15 s.

| id | what | median | range | runs |
|---|---|---|---|---|
`, "`make bench`", time.Now().UTC().Format(time.DateOnly), runtime.NumCPU(), runtime.GOOS+"/"+runtime.GOARCH, runtime.Version(), loadAverage())
	for _, f := range figures {
		fmt.Fprintf(&b, "| %s | %s | %.1f %s | %.1f–%.1f | %d |\n", f.ID, f.Shape, f.Value, f.Unit, f.Low, f.High, f.Runs)
	}
	return os.WriteFile(path, []byte(b.String()), 0o600)
}
