package sqlite

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// hold keeps the file's write lock on a second engine until release is called.
func hold(t *testing.T, url string) (release func()) {
	t.Helper()
	other := openAt(t, url)
	held, free, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- other.writer.write(context.Background(), func(*session) error {
			close(held)
			<-free
			return nil
		})
	}()
	<-held
	release = sync.OnceFunc(func() {
		close(free)
		require.NoError(t, <-done)
	})
	t.Cleanup(release) // a failed test must not leave Close waiting
	return release
}

func TestLockedByAnother(t *testing.T) {
	ctx, url := t.Context(), URL(filepath.Join(t.TempDir(), "store.db"))
	patient, hasty := openAt(t, url), openAt(t, url+"?busy_timeout=60ms")
	require.NoError(t, patient.Insert(ctx, "things", store.Document{ID: "a", Version: 1}))
	release := hold(t, url)
	b := store.Document{ID: "b", Version: 1}

	started := time.Now()
	err := hasty.Insert(ctx, "things", b)
	require.ErrorIs(t, err, store.ErrUnavailable)
	require.NotErrorIs(t, err, store.ErrUnknown)
	require.GreaterOrEqual(t, time.Since(started), 60*time.Millisecond)

	short, cancel := context.WithTimeout(ctx, 5*time.Millisecond)
	defer cancel()
	err = patient.Insert(short, "things", b)
	require.ErrorIs(t, err, context.DeadlineExceeded, "the caller's deadline is nearer than the busy time-out")
	require.NotErrorIs(t, err, store.ErrUnknown)

	_, err = hasty.Get(ctx, "things", "a")
	require.NoError(t, err, "reads don't wait for a writer")
	require.NoError(t, hasty.Ping(ctx))
	release()
	require.NoError(t, patient.Insert(ctx, "things", b), "and later it works")
}

func TestQueueBehindOwnWriter(t *testing.T) {
	a := store.Document{ID: "a", Version: 1}
	for _, c := range []struct {
		reason, options string
		patience        time.Duration
		want            error
	}{
		{"the context ends first", "?busy_timeout=30s", 5 * time.Millisecond, context.DeadlineExceeded},
		{"the busy time-out comes first", "?busy_timeout=20ms", 30 * time.Second, store.ErrUnavailable},
	} {
		e := newEngine(t, c.options)
		<-e.writer.slot
		ctx, cancel := context.WithTimeout(t.Context(), c.patience)
		require.ErrorIs(t, e.Insert(ctx, "things", a), c.want, c.reason)
		cancel()
		e.writer.release()
		require.NoError(t, e.Insert(t.Context(), "things", a), c.reason)
	}
}

func TestReadersCannotWrite(t *testing.T) {
	e := newEngine(t, "")
	_, err := e.readers.Exec("DELETE FROM lcm_meta")
	require.ErrorContains(t, err, "readonly")
}

// lateContext has ended, but says so only to who waits for it: as if it ended exactly when the commit began.
type lateContext struct{ context.Context }

func (lateContext) Done() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}

func TestContextEndsDuringCommit(t *testing.T) {
	e := newEngine(t, "")
	unknown := 0
	const rounds = 50
	for i := range rounds {
		id := string(rune('A' + i))
		err := e.Insert(lateContext{t.Context()}, "things", store.Document{ID: id, Version: 1})
		if err != nil {
			require.ErrorIs(t, err, store.ErrUnknown)
			unknown++
		}
		require.ErrorIs(t, e.Insert(t.Context(), "things", store.Document{ID: id, Version: 1}), store.ErrExists, "this one's commit goes through")
	}
	require.Positive(t, unknown, "no commit was left alone in %d", rounds)
}

func TestContextEndsBeforeCommit(t *testing.T) {
	e := newEngine(t, "")
	ctx, cancel := context.WithCancel(t.Context())
	err := e.writer.write(ctx, func(s *session) error {
		cancel()
		_, err := s.once(`UPDATE lcm_meta SET value = 'x' WHERE key = 'epoch'`)
		return err
	})
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, store.ErrUnknown)
	meta, err := e.Meta(t.Context())
	require.NoError(t, err)
	require.NotEqual(t, "x", meta.Epoch, "rolled back")
}

func TestDiskFull(t *testing.T) {
	ctx, e := t.Context(), newEngine(t, "")
	require.NoError(t, e.writer.write(ctx, func(s *session) error {
		var pages int
		return s.conn.QueryRowContext(ctx, "PRAGMA max_page_count = 60").Scan(&pages)
	}))
	err := e.Insert(ctx, "things", store.Document{ID: "a", Version: 1, Blob: make([]byte, 1<<20)})
	require.ErrorIs(t, err, store.ErrUnavailable)
	_, err = e.Get(ctx, "things", "a")
	require.ErrorIs(t, err, store.ErrNotFound)
	require.NoError(t, e.Insert(ctx, "things", store.Document{ID: "a", Version: 1}), "what fits is still taken")
}

// TestWriterHealsItself: whatever state a write leaves the connection in, the next one works.
func TestWriterHealsItself(t *testing.T) {
	ctx, e := t.Context(), newEngine(t, "")
	insert := func(id string) error { return e.Insert(ctx, "things", store.Document{ID: id, Version: 1}) }

	err := e.writer.write(ctx, func(s *session) error {
		_, err := s.once("ROLLBACK") // as SQLite does by itself after some errors
		return err
	})
	require.ErrorIs(t, err, store.ErrUnknown, "the commit found no transaction")
	require.NoError(t, insert("a"))

	err = e.writer.write(ctx, func(s *session) error {
		s.discard()
		_, err := s.once("SELECT 1")
		return err
	})
	require.ErrorIs(t, err, store.ErrUnavailable, "the connection is lost")
	require.NoError(t, insert("b"))

	_, err = e.writer.session.once("BEGIN")
	require.NoError(t, err)
	require.Error(t, insert("c"), "a transaction was left open")
	require.NoError(t, insert("c"))
}
