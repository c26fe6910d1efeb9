package measure

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// goBenchmark is a set of benchmarks of a package, by go test.
type goBenchmark struct{ id, module, pkg, pattern string }

func goBenchmarkSets() []goBenchmark {
	return []goBenchmark{
		{"E2", "control-plane-api", "./internal/relay", "BenchmarkRelay"},
		{"S1", "control-plane-api", "./internal/app/command", "BenchmarkScheduleSaga"},
		{"L2", "control-plane-api", "./internal/app/query", "BenchmarkListInstances"},
		{"D1", "control-plane-api", "./store/sqlite", "BenchmarkEngine"},
		{"B1", "core", "./booking", "Benchmark"},
	}
}

// goBenchmarks runs them with their allocations. What depends on a store takes SQLite, and MongoDB too where the benchmark
// knows LCM_BENCH_MONGODB_URI.
func goBenchmarks(ctx context.Context, o Options, out io.Writer) (figures []Figure, err error) {
	if o.GoBench == "" {
		return nil, nil
	}
	root := ""
	for _, set := range goBenchmarkSets() {
		if !o.wants(set.id) {
			continue
		}
		if root == "" {
			if root, err = workspace(ctx); err != nil {
				return nil, err
			}
		}
		more, err := set.run(ctx, root, o)
		if err != nil {
			return nil, err
		}
		for _, f := range more {
			_, _ = fmt.Fprintf(out, "%s %s: %.1f %s\n", f.ID, f.Shape, f.Value, f.Unit)
		}
		figures = append(figures, more...)
	}
	return figures, nil
}

// workspace is the folder of go.work.
func workspace(ctx context.Context) (string, error) {
	answer, err := exec.CommandContext(ctx, "go", "env", "GOWORK").Output()
	if err != nil {
		return "", fmt.Errorf("go env: %w", err)
	}
	return filepath.Dir(strings.TrimSpace(string(answer))), nil
}

func (b goBenchmark) run(ctx context.Context, root string, o Options) ([]Figure, error) {
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", b.pattern, "-benchmem", //nolint:gosec // arguments of our own
		"-benchtime", o.GoBench, "-count", strconv.Itoa(o.Runs), b.pkg)
	cmd.Dir = filepath.Join(root, b.module)
	answer, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%s of %s: %w: %.2000s", b.pattern, b.pkg, err, answer)
	}
	var s samples
	lines := bufio.NewScanner(strings.NewReader(string(answer)))
	for lines.Scan() {
		s.add(readingsOf(b.id, lines.Text()))
	}
	if len(s.order) == 0 {
		return nil, fmt.Errorf("%s of %s told nothing: %.2000s", b.pattern, b.pkg, answer)
	}
	return s.figures("Go benchmark"), lines.Err()
}

// readingsOf reads a line of a benchmark: its name, how often it ran, and values with their units.
func readingsOf(id, line string) (all []reading) {
	fields := strings.Fields(line)
	if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
		return nil
	}
	name := strings.ReplaceAll(strings.TrimPrefix(fields[0], "Benchmark"), "_", " ")
	if at := strings.LastIndex(name, "-"); at > 0 {
		name = name[:at] // what follows is the number of processors
	}
	for n := 2; n+1 < len(fields); n += 2 {
		value, err := strconv.ParseFloat(fields[n], 64)
		if err != nil {
			return nil
		}
		unit := fields[n+1]
		if unit == "ns/op" {
			value, unit = value/1000, "µs/op"
		}
		all = append(all, reading{id: id, shape: name + ", " + unit, value: value, unit: unit})
	}
	return all
}
