package delivery_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/cloudevents/sdk-go/v2/binding"
	cloudevents "github.com/cloudevents/sdk-go/v2/event"
	cehttp "github.com/cloudevents/sdk-go/v2/protocol/http"
	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo/repotest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/delivery"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

// sink takes events and answers what it is told to.
type sink struct {
	*httptest.Server
	mu      sync.Mutex
	answers func(n int, w http.ResponseWriter)
	calls   int
	taken   []cloudevents.Event
	headers []http.Header
	bodies  [][]byte
}

func newSink(t *testing.T) *sink {
	t.Helper()
	s := &sink{}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

func (s *sink) serve(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	body, _ := io.ReadAll(r.Body)
	message := cehttp.NewMessage(r.Header, io.NopCloser(bytesReader(body)))
	e, err := binding.ToEvent(r.Context(), message)
	if err != nil {
		w.WriteHeader(http.StatusTeapot)
		return
	}
	answer := &recorder{ResponseWriter: w, status: http.StatusAccepted}
	if s.answers != nil {
		s.answers(s.calls, answer)
	}
	if answer.status < 300 {
		s.taken, s.headers, s.bodies = append(s.taken, *e), append(s.headers, r.Header), append(s.bodies, body)
	}
}

func (s *sink) ids() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []string
	for _, e := range s.taken {
		ids = append(ids, e.ID())
	}
	return ids
}

func (s *sink) seen() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}

type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

type bench struct {
	engine store.Engine
	log    *journal.Journal
	sink   *sink
	config delivery.Config
}

func newBench(t *testing.T) *bench {
	t.Helper()
	engine := storetest.New(t, append(repotest.Collections(), delivery.Collections()...)...)
	b := &bench{engine: engine, log: journal.New(engine, true), sink: newSink(t)}
	address, err := url.Parse(b.sink.URL)
	require.NoError(t, err)
	b.config = delivery.Config{
		Sink: address, Source: "https://lcm.example/api", Prefix: "io.test", Delay: time.Millisecond, Tries: 3,
	}
	return b
}

// journaled makes a thing with one creation and some counts, and brings its changes to the journal.
func (b *bench) journaled(t *testing.T, id string, counts int) {
	t.Helper()
	things := repo.New(repotest.Kind(), repo.Deps{Engine: b.engine})
	_, err := things.Create(t.Context(), repotest.New(id, id))
	require.NoError(t, err)
	for range counts {
		_, _, err := things.Update(t.Context(), id, func(t *repotest.Thing) error { t.Add(1); return nil })
		require.NoError(t, err)
	}
	d, err := b.engine.Get(t.Context(), "things", id)
	require.NoError(t, err)
	for _, raw := range d.Changes {
		require.NoError(t, b.log.Append(t.Context(), readmodel.KindTemplate, id, raw))
	}
}

// run delivers until stop is called.
func (b *bench) run(t *testing.T) (d *delivery.Delivery, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	d = delivery.New(b.config, b.engine, b.log, slog.New(slog.DiscardHandler))
	done := make(chan struct{})
	go func() {
		defer close(done)
		d.Run(ctx)
	}()
	return d, func() {
		cancel()
		<-done
	}
}

func (b *bench) waitEmpty(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool {
		names, err := b.log.Waiting(t.Context(), 10)
		return err == nil && len(names) == 0
	}, time.Minute, 2*time.Millisecond)
}

func eventIDs(id string, versions ...int) []string {
	var ids []string
	for _, v := range versions {
		ids = append(ids, fmt.Sprintf("templates/%s/%d/0", id, v))
	}
	return ids
}

func TestEventsArriveInOrderWithWhatTheyNeed(t *testing.T) {
	for _, mode := range []delivery.Mode{delivery.Binary, delivery.Structured} {
		t.Run(string(mode), func(t *testing.T) {
			b := newBench(t)
			b.config.Mode = mode
			b.journaled(t, "a", 3)
			d, stop := b.run(t)
			b.waitEmpty(t)
			require.Equal(t, delivery.StateRunning, d.State())
			stop()
			require.Equal(t, eventIDs("a", 1, 2, 3, 4), b.sink.ids())
			e := b.sink.taken[1]
			require.Equal(t, "io.test.thing.counted.v1", e.Type())
			require.Equal(t, "https://lcm.example/api", e.Source())
			require.Equal(t, "a", e.Subject())
			require.JSONEq(t, `{"by":1}`, string(e.Data()))
			require.Equal(t, "lcm.example", b.sink.headers[1].Get("Origin"))
			require.Equal(t, mode == delivery.Structured, b.sink.headers[1].Get("Ce-Id") == "")
			require.Equal(t, delivery.StateStandby, d.State())
		})
	}
}

// What the sink answers decides whether an event waits, is laid aside, or ends the delivery.
func TestAnswersOfTheSink(t *testing.T) {
	status := func(code, times int) func(int, http.ResponseWriter) {
		return func(n int, w http.ResponseWriter) {
			if n <= times {
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(code)
			}
		}
	}
	cases := map[string]struct {
		code, times int
		taken       []string
		dead        int
		reason      string
	}{
		"down for a while": {503, 4, eventIDs("a", 1, 2), 0, "the backlog and its order are kept"},
		"throttled":        {429, 2, eventIDs("a", 1, 2), 0, "as above"},
		"redirected":       {302, 2, eventIDs("a", 1, 2), 0, "a redirect is not followed, and is no fault of the event"},
		"moved":            {404, 2, eventIDs("a", 1, 2), 0, "a wrong address is put right by somebody"},
		"refused once":     {400, 1, eventIDs("a", 1, 2), 0, "it is tried again"},
		"refused for good": {400, 3, eventIDs("a", 2), 1, "then it is laid aside and the next one follows"},
		"unsupported":      {415, 1, eventIDs("a", 2), 1, "it is laid aside at once"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.sink.answers = status(c.code, c.times)
			b.journaled(t, "a", 1)
			d, stop := b.run(t)
			b.waitEmpty(t)
			stop()
			require.Equal(t, c.taken, b.sink.ids(), c.reason)
			dead, err := b.engine.Count(t.Context(), delivery.DeadLetters, store.Query{})
			require.NoError(t, err)
			require.Equal(t, c.dead, dead, c.reason)
			require.EqualValues(t, c.dead, d.Dead.Load())
		})
	}
}

func TestRetryAfterIsObeyed(t *testing.T) {
	b := newBench(t)
	var at []time.Time
	b.sink.answers = func(n int, w http.ResponseWriter) {
		at = append(at, time.Now())
		if n == 1 {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
		}
	}
	b.journaled(t, "a", 0)
	_, stop := b.run(t)
	b.waitEmpty(t)
	stop()
	require.GreaterOrEqual(t, at[1].Sub(at[0]), time.Second)
}

func TestASinkThatHasGoneGetsNothingMore(t *testing.T) {
	b := newBench(t)
	b.sink.answers = func(_ int, w http.ResponseWriter) { w.WriteHeader(http.StatusGone) }
	b.journaled(t, "a", 2)
	for range 2 {
		d, stop := b.run(t)
		require.Eventually(t, func() bool { return d.State() == delivery.StateGone }, 5*time.Second, time.Millisecond)
		stop()
	}
	require.Equal(t, 1, b.sink.seen(), "not after a restart either")

	b.sink.answers = nil
	b.config.Sink.Path = "/other"
	_, stop := b.run(t)
	b.waitEmpty(t)
	stop()
	require.Equal(t, eventIDs("a", 1, 2, 3), b.sink.ids(), "another sink gets what was kept")
}

// A process that dies between the sink's answer and its mark sends again, under the same id.
func TestARestartLosesNothing(t *testing.T) {
	b := newBench(t)
	b.journaled(t, "a", 5)
	ctx, cancel := context.WithCancel(t.Context())
	b.sink.answers = func(n int, _ http.ResponseWriter) {
		if n == 3 {
			cancel()
		}
	}
	delivery.New(b.config, b.engine, b.log, slog.New(slog.DiscardHandler)).Run(ctx)
	_, stop := b.run(t)
	b.waitEmpty(t)
	stop()
	ids := b.sink.ids()
	require.Subset(t, ids, eventIDs("a", 1, 2, 3, 4, 5, 6))
	require.Equal(t, eventIDs("a", 4, 5, 6), ids[len(ids)-3:])
	require.LessOrEqual(t, len(ids), 7)
}

func TestDeliveriesAreSigned(t *testing.T) {
	b := newBench(t)
	b.config.Secret = secret.New("0123456789abcdef0123456789abcdef")
	b.journaled(t, "a", 0)
	_, stop := b.run(t)
	b.waitEmpty(t)
	stop()
	h := b.sink.headers[0]
	mac := hmac.New(sha256.New, []byte(b.config.Secret.Reveal()))
	_, _ = fmt.Fprintf(mac, "%s.%s.%s", h.Get("Webhook-Id"), h.Get("Webhook-Timestamp"), b.sink.bodies[0])
	require.Equal(t, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)), h.Get("Webhook-Signature"))
}

func TestWithoutASinkNothingIsDelivered(t *testing.T) {
	b := newBench(t)
	b.config.Sink = nil
	b.journaled(t, "a", 0)
	d, stop := b.run(t)
	stop()
	require.Equal(t, delivery.StateNoSink, d.State())
	require.Zero(t, b.sink.seen())
}
