package delivery_test

import (
	"log/slog"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/delivery"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// laidAside has the sink refuse the first events of some aggregates, and gives the delivery that laid them aside.
func (b *bench) laidAside(t *testing.T, ids ...string) *delivery.Delivery {
	t.Helper()
	b.sink.answers = func(_ int, w http.ResponseWriter) { w.WriteHeader(http.StatusUnsupportedMediaType) }
	for _, id := range ids {
		b.journaled(t, id, 0)
	}
	_, stop := b.run(t)
	b.waitEmpty(t)
	stop()
	b.sink.answers = nil
	return delivery.New(b.config, b.engine, b.log, slog.New(slog.DiscardHandler))
}

func TestDeadLettersAreListedAPageAtATime(t *testing.T) {
	b := newBench(t)
	d := b.laidAside(t, "a", "b", "c")
	q := delivery.DeadLetterQuery()
	q.Limit = 2
	found, total, err := d.DeadLetters(t.Context(), q)
	require.NoError(t, err)
	require.Equal(t, 3, total)
	require.Len(t, found, 2)
	require.Equal(t, http.StatusUnsupportedMediaType, found[0].Status)
	require.Contains(t, string(found[0].Event), `"specversion":"1.0"`)
	require.Contains(t, found[0].Aggregate, "templates/")
}

func TestADeadLetterIsSentAgain(t *testing.T) {
	b := newBench(t)
	d := b.laidAside(t, "a")
	id := eventIDs("a", 1)[0]
	answer := func(status int) {
		b.sink.answers = func(_ int, w http.ResponseWriter) { w.WriteHeader(status) }
	}
	for _, c := range []struct {
		reason  string
		status  int
		outcome delivery.Resent
		left    int
	}{
		{"still refused", 415, delivery.ResentRefused, 1},
		{"refused in another way", 422, delivery.ResentRefused, 1},
		{"the sink is down", 503, delivery.ResentNoAnswer, 1},
		{"a redirect is not followed", 302, delivery.ResentNoAnswer, 1},
		{"taken", 202, delivery.ResentSent, 0},
	} {
		answer(c.status)
		outcome, status, err := d.Resend(t.Context(), id)
		require.NoError(t, err, c.reason)
		require.Equal(t, c.outcome, outcome, c.reason)
		require.Equal(t, c.status, status, c.reason)
		left, err := b.engine.Count(t.Context(), delivery.DeadLetters, store.Query{})
		require.NoError(t, err)
		require.Equal(t, c.left, left, c.reason)
	}
	require.Equal(t, []string{id}, b.sink.ids(), "under its own id")
	outcome, _, err := d.Resend(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, delivery.ResentNotFound, outcome)
}

func TestWithoutASinkNothingIsSentAgain(t *testing.T) {
	b := newBench(t)
	b.config.Sink = nil
	d := delivery.New(b.config, b.engine, b.log, slog.New(slog.DiscardHandler))
	_, _, err := d.Resend(t.Context(), "x")
	require.Equal(t, "no_sink", failure.CodeOf(err))
}
