package storetest

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// The environment that turns a test binary into one of the suite's further processes.
const (
	roleVariable  = "LCM_STORETEST_ROLE"
	urlVariable   = "LCM_STORETEST_URL"
	nameVariable  = "LCM_STORETEST_NAME"
	countVariable = "LCM_STORETEST_COUNT"
)

// The roles.
const (
	roleIncrement = "increment" // increments the document "a" count times
	roleAppend    = "append"    // inserts and replaces documents until it is killed, printing each acknowledged id
)

// Main is the body of TestMain of a package that runs the suite; its result is the exit code. The suite's further processes are the same
// test binary, started again.
func Main(m *testing.M, open OpenFunc) int {
	role := os.Getenv(roleVariable)
	if role == "" {
		return m.Run()
	}
	ctx, cancel := context.WithTimeout(context.Background(), testTime)
	defer cancel()
	if err := child(ctx, role, open); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func child(ctx context.Context, role string, open OpenFunc) error {
	e, err := open(ctx, os.Getenv(urlVariable))
	if err != nil {
		return err
	}
	defer func() { _ = e.Close() }()
	name := os.Getenv(nameVariable)
	count, err := strconv.Atoi(os.Getenv(countVariable))
	if err != nil {
		return err
	}
	switch role {
	case roleIncrement:
		won, err := increment(ctx, e, "a", name, count)
		for _, version := range won {
			fmt.Println(version)
		}
		return err
	case roleAppend:
		for i := range count {
			d := small(fmt.Sprintf("%s-%d", name, i))
			if err := e.Insert(ctx, things, d); err != nil {
				return err
			}
			if err := e.Replace(ctx, things, next(d, "second"), 1); err != nil {
				return err
			}
			fmt.Println(d.ID)
		}
		return nil
	default:
		return fmt.Errorf("unknown role %q", role)
	}
}

// process is a started child.
type process struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
}

func start(ctx context.Context, t testing.TB, role, url, name string, count int) process {
	t.Helper()
	binary, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(ctx, binary, "-test.run=^$")
	cmd.Env = append(os.Environ(), roleVariable+"="+role, urlVariable+"="+url, nameVariable+"="+name, countVariable+"="+strconv.Itoa(count))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return process{cmd: cmd, lines: bufio.NewScanner(out)}
}

// rest reads all further lines and waits for the end.
func (p process) rest() ([]string, error) {
	var lines []string
	for p.lines.Scan() {
		lines = append(lines, p.lines.Text())
	}
	return lines, p.cmd.Wait()
}
