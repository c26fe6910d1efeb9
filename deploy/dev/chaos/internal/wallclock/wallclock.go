// Package wallclock builds programs whose wall clock can be put wrong while they run. Their code is what is shipped: only the
// standard library's time.Now, of a copy that is made for the build, adds an offset to what the machine says. The monotonic clock
// is left as it is, as when somebody sets the clock of a machine.
package wallclock

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// The line of time.Now that reads the clock, which occurs once with what follows it.
const (
	reads   = "sec, nsec, mono := runtimeNow()\n\tif mono == 0 {"
	instead = "sec, nsec, mono := runtimeNow()\n\tsec, nsec = moved(sec, nsec)\n\tif mono == 0 {"
)

// ErrNotSupported means that the toolchain's time.Now is not the one that is known here, or that files cannot be mapped.
var ErrNotSupported = errors.New("the clock of this toolchain's programs cannot be moved")

// Build builds the main package in a folder into a program of dir.
func Build(ctx context.Context, main, dir string) (program string, err error) {
	if runtime.GOOS != "linux" {
		return "", ErrNotSupported
	}
	overlay, err := overlay(ctx, dir)
	if err != nil {
		return "", err
	}
	program = filepath.Join(dir, "program")
	build := exec.CommandContext(ctx, "go", "build", "-overlay", overlay, "-ldflags=-w", "-o", program, main)
	if output, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w: %s", err, output)
	}
	return program, nil
}

// overlay writes the files that take the place of the standard library's and the list of them.
func overlay(ctx context.Context, dir string) (list string, err error) {
	root, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return "", fmt.Errorf("go env: %w", err)
	}
	library := filepath.Join(strings.TrimSpace(string(root)), "src", "time")
	source, err := os.ReadFile(filepath.Join(library, "time.go"))
	if err != nil {
		return "", fmt.Errorf("time.Now: %w", err)
	}
	if bytes.Count(source, []byte(reads)) != 1 {
		return "", ErrNotSupported
	}
	replace := map[string]string{}
	for name, content := range map[string][]byte{
		"time.go": bytes.Replace(source, []byte(reads), []byte(instead), 1), "moved.go": []byte(moved),
	} {
		replace[filepath.Join(library, name)] = filepath.Join(dir, name)
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			return "", fmt.Errorf("overlay: %w", err)
		}
	}
	encoded, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", fmt.Errorf("overlay: %w", err)
	}
	list = filepath.Join(dir, "overlay.json")
	return list, os.WriteFile(list, encoded, 0o600)
}

// Clock is by how much the wall clock of one process is wrong.
type Clock struct{ file *os.File }

// New makes a clock that is right, in a file.
func New(path string) (*Clock, error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("clock: %w", err)
	}
	c := &Clock{file: file}
	return c, c.Set(0)
}

// Setting is the environment variable by which a program takes the clock.
func (c *Clock) Setting() string { return "LCM_TEST_CLOCK=" + c.file.Name() }

// Set puts the clock wrong, from now on.
func (c *Clock) Set(by time.Duration) error {
	if _, err := c.file.WriteAt(binary.NativeEndian.AppendUint64(nil, uint64(by)), 0); err != nil {
		return fmt.Errorf("clock: %w", err)
	}
	return nil
}

// Run lets the clock go at a rate, 1 being right, until ctx ends.
func (c *Clock) Run(ctx context.Context, rate float64) error {
	ticker := time.NewTicker(step)
	defer ticker.Stop()
	for begun := time.Now(); ; {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		if err := c.Set(time.Duration(float64(time.Since(begun)) * (rate - 1))); err != nil {
			return err
		}
	}
}

// step is how often a clock that goes at a rate is set.
const step = 10 * time.Millisecond

// Close lets the file go.
func (c *Clock) Close() error { return c.file.Close() }
