package sqlite

import (
	"context"
	"errors"
	"fmt"
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

// occupy keeps the engine's own writer busy until release is called, which tells how that write went.
func occupy(t *testing.T, e *Engine) (release func() error) {
	t.Helper()
	taken, free, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- e.writer.write(context.Background(), func(*session) error {
			close(taken)
			<-free
			return nil
		})
	}()
	<-taken
	release = sync.OnceValue(func() error {
		close(free)
		return <-done
	})
	t.Cleanup(func() { _ = release() })
	return release
}

// queue puts a write in line, after those that are there already, and gives its answer.
func queue(ctx context.Context, t *testing.T, e *Engine, fn func(*session) error) <-chan error {
	t.Helper()
	before, done := len(e.writer.line), make(chan error, 1)
	go func() { done <- e.writer.write(ctx, fn) }()
	require.Eventually(t, func() bool { return len(e.writer.line) > before }, time.Minute, time.Millisecond)
	return done
}

func setMeta(key string) func(*session) error {
	return func(s *session) error {
		_, err := s.exec(`INSERT INTO lcm_meta (key, value) VALUES (?, 'here')`, key)
		return err
	}
}

func hasMeta(t *testing.T, e *Engine, key string) bool {
	t.Helper()
	var n int
	require.NoError(t, e.readers.QueryRowContext(t.Context(), `SELECT count(*) FROM lcm_meta WHERE key = ?`, key).Scan(&n))
	return n == 1
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
		release := occupy(t, e)
		ctx, cancel := context.WithTimeout(t.Context(), c.patience)
		err := e.Insert(ctx, "things", a)
		require.ErrorIs(t, err, c.want, c.reason)
		require.NotErrorIs(t, err, store.ErrUnknown, c.reason)
		cancel()
		require.NoError(t, release())
		_, err = e.Get(t.Context(), "things", "a")
		require.ErrorIs(t, err, store.ErrNotFound, "who left is not served later")
		require.Eventually(t, func() bool { return e.Insert(t.Context(), "things", a) == nil }, time.Minute, time.Millisecond, c.reason)
	}
}

// Writes that wait together share a transaction, and each stands or falls for itself.
func TestWritesShareATransaction(t *testing.T) {
	e := newEngine(t, "")
	release := occupy(t, e)
	refused := errors.New("refused")
	first := queue(t.Context(), t, e, setMeta("first"))
	failing := queue(t.Context(), t, e, func(s *session) error { return errors.Join(setMeta("failing")(s), refused) })
	taken := queue(t.Context(), t, e, setMeta("first"))
	gone, leave := context.WithCancel(t.Context())
	left := queue(gone, t, e, setMeta("left"))
	leave()
	require.ErrorIs(t, <-left, context.Canceled)
	var together bool
	last := queue(t.Context(), t, e, func(s *session) error {
		var n int
		err := s.one(`SELECT count(*) FROM lcm_meta WHERE key = 'first'`, nil, &n)
		together = n == 1 && !hasMeta(t, e, "first")
		return errors.Join(err, setMeta("last")(s))
	})
	require.NoError(t, release())
	require.NoError(t, <-first)
	require.ErrorIs(t, <-failing, refused)
	require.True(t, isConstraint(<-taken), "each sees what those before it did")
	require.NoError(t, <-last)
	require.True(t, together, "one transaction")
	for key, want := range map[string]bool{"first": true, "failing": false, "left": false, "last": true} {
		require.Equal(t, want, hasMeta(t, e, key), key)
	}
}

// Who finds a transaction full has his turn in the next one.
func TestNobodyIsLostBehindAFullTransaction(t *testing.T) {
	e := newEngine(t, "?busy_timeout=1m")
	release := occupy(t, e)
	const writes = 2*maxTurns + 2 // the write that occupies is a turn, too
	answers := make(chan error, writes)
	for i := range writes {
		go func() { answers <- e.writer.write(t.Context(), setMeta(fmt.Sprintf("crowd-%d", i))) }()
	}
	require.Eventually(t, func() bool { return len(e.writer.line) == writes }, time.Minute, time.Millisecond)
	require.NoError(t, release())
	for range writes {
		select {
		case err := <-answers:
			require.NoError(t, err)
		case <-time.After(time.Minute):
			require.FailNow(t, "a write was never answered")
		}
	}
	for i := range writes {
		require.True(t, hasMeta(t, e, fmt.Sprintf("crowd-%d", i)))
	}
}

// SQLite ends a transaction by itself when the disk is full, for example: then nothing of it was written.
func TestALostTransactionIsNobodysSuccess(t *testing.T) {
	e := newEngine(t, "")
	release := occupy(t, e)
	before := queue(t.Context(), t, e, setMeta("before"))
	breaking := queue(t.Context(), t, e, func(s *session) error {
		_, err := s.once("ROLLBACK")
		return errors.Join(err, errors.New("broken"))
	})
	after := queue(t.Context(), t, e, setMeta("after"))
	require.ErrorIs(t, release(), store.ErrUnavailable, "all that was in it")
	err := <-before
	require.ErrorIs(t, err, store.ErrUnavailable)
	require.NotErrorIs(t, err, store.ErrUnknown)
	require.ErrorContains(t, <-breaking, "broken")
	require.NoError(t, <-after, "the next transaction is another one")
	require.False(t, hasMeta(t, e, "before"))
	require.True(t, hasMeta(t, e, "after"))
}

func TestClosingAnswersWhoWaits(t *testing.T) {
	e := newEngine(t, "")
	release := occupy(t, e)
	waiting := queue(t.Context(), t, e, setMeta("waiting"))
	closed := make(chan error, 1)
	go func() { closed <- e.Close() }()
	require.Eventually(t, e.writer.isClosed, time.Minute, time.Millisecond)
	require.NoError(t, release())
	require.NoError(t, <-closed)
	if err := <-waiting; err != nil { // it may have been taken with the write in progress
		require.ErrorIs(t, err, store.ErrUnavailable)
		require.NotErrorIs(t, err, store.ErrUnknown)
	}
	require.ErrorIs(t, e.writer.write(t.Context(), setMeta("late")), store.ErrUnavailable)
}

func TestReadersCannotWrite(t *testing.T) {
	e := newEngine(t, "")
	_, err := e.readers.Exec("DELETE FROM lcm_meta")
	require.ErrorContains(t, err, "readonly")
}

func TestContextEndsDuringCommit(t *testing.T) {
	e := newEngine(t, "")
	unknown := 0
	const least, most = 50, 5000 // whether the commit is under way when the caller looks is a matter of luck
	for i := 0; i < least || unknown == 0 && i < most; i++ {
		release := occupy(t, e)
		ctx, cancel := context.WithCancel(t.Context())
		key := fmt.Sprintf("key-%d", i)
		first := queue(ctx, t, e, setMeta(key))
		// Its statements stand when the next one's run; only the commit is left.
		second := queue(t.Context(), t, e, func(*session) error {
			cancel()
			return nil
		})
		require.NoError(t, release())
		if err := <-first; err != nil {
			require.ErrorIs(t, err, store.ErrUnknown)
			unknown++
		}
		require.NoError(t, <-second)
		require.True(t, hasMeta(t, e, key), "the commit goes through")
		cancel()
	}
	require.Positive(t, unknown, "no commit was left alone in %d", most)
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
	require.ErrorIs(t, err, store.ErrUnavailable, "the transaction is lost")
	require.NotErrorIs(t, err, store.ErrUnknown, "nothing of it can have been written")
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
