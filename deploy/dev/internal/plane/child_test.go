package plane

import (
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// script makes a program that a child process can be.
func script(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program")
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o700)) //nolint:gosec // a program has to be executable
	return path
}

func childOf(t *testing.T, program string) *child {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	file, err := fileOf(listener)
	require.NoError(t, err)
	output, err := os.Create(filepath.Join(t.TempDir(), "log"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = output.Close() })
	return &child{service: Lablets, executable: program, listener: file, log: slog.New(slog.DiscardHandler), output: output, environment: []string{"WORD=hello"}}
}

func TestAKilledChildIsStartedAgain(t *testing.T) {
	c := childOf(t, script(t, `echo "$1 $2 $WORD"; exec sleep 60`))
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.run(ctx) }()
	require.Eventually(t, func() bool { return c.launched() == 1 }, 10*time.Second, time.Millisecond)
	require.NoError(t, c.kill(t.Context()))
	require.Eventually(t, func() bool { return c.launched() == 2 }, 10*time.Second, time.Millisecond)
	require.NoError(t, c.kill(t.Context()))
	require.Eventually(t, func() bool { return c.launched() >= 3 }, 10*time.Second, time.Millisecond)
	require.Eventually(t, func() bool {
		said, err := os.ReadFile(c.output.Name())
		return err == nil && len(said) > 0
	}, 10*time.Second, time.Millisecond)
	said, err := os.ReadFile(c.output.Name())
	require.NoError(t, err)
	require.Contains(t, string(said), "service lablet-controller hello\n")
	stop()
	select {
	case err := <-ended:
		require.NoError(t, err)
	case <-time.After(15 * time.Second):
		require.Fail(t, "the child was not stopped")
	}
}

func TestAChildThatDoesNotRunCannotBeKilled(t *testing.T) {
	c := childOf(t, "none")
	ctx, stop := context.WithCancel(t.Context())
	stop()
	require.ErrorContains(t, c.kill(ctx), "does not run")
	require.NoError(t, c.run(ctx), "a plane that stops starts nothing")
	require.Zero(t, c.launched())
}

func TestOnlyATCPListenerCanBePassedOn(t *testing.T) {
	listener, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	require.NoError(t, err)
	defer func() { require.NoError(t, listener.Close()) }()
	_, err = fileOf(listener)
	require.ErrorContains(t, err, "no descriptor")
}
