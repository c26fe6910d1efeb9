package wallclock

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestOnlyTimeNowIsReplaced(t *testing.T) {
	dir := t.TempDir()
	list, err := overlay(t.Context(), dir)
	require.NoError(t, err, "the toolchain's time.Now is another one")
	content, err := os.ReadFile(list)
	require.NoError(t, err)
	var written struct{ Replace map[string]string }
	require.NoError(t, json.Unmarshal(content, &written))
	require.Len(t, written.Replace, 2)
	for original, copied := range written.Replace {
		changed, err := os.ReadFile(copied)
		require.NoError(t, err)
		was, err := os.ReadFile(original)
		if filepath.Base(original) == "moved.go" {
			require.ErrorIs(t, err, os.ErrNotExist, "it takes no file's place")
			continue
		}
		require.NoError(t, err)
		require.Equal(t, string(was), strings.Replace(string(changed), "\tsec, nsec = moved(sec, nsec)\n", "", 1))
	}
}

func TestAClockIsSetAndRuns(t *testing.T) {
	c, err := New(filepath.Join(t.TempDir(), "clock"))
	require.NoError(t, err)
	defer func() { require.NoError(t, c.Close()) }()
	name, found := strings.CutPrefix(c.Setting(), "LCM_TEST_CLOCK=")
	require.True(t, found)
	shown := func() time.Duration {
		content, err := os.ReadFile(name)
		require.NoError(t, err)
		require.Len(t, content, 8)
		return time.Duration(binary.NativeEndian.Uint64(content)) //nolint:gosec // it is written as this type
	}
	require.Zero(t, shown())
	require.NoError(t, c.Set(-time.Hour))
	require.Equal(t, -time.Hour, shown())

	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx, 2) }()
	require.Eventually(t, func() bool { return shown() > 0 }, time.Minute, time.Millisecond, "it goes twice as fast")
	cancel()
	require.NoError(t, <-done)
}
