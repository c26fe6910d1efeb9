package notify_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/delivery"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/definition"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/notify"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

// hook is an owner's webhook.
type hook struct {
	*httptest.Server
	mu      sync.Mutex
	answer  func(w http.ResponseWriter)
	headers []http.Header
	bodies  [][]byte
}

func newHook(t *testing.T) *hook {
	t.Helper()
	h := &hook{}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		body, _ := io.ReadAll(r.Body)
		h.mu.Lock()
		h.headers, h.bodies = append(h.headers, r.Header), append(h.bodies, body)
		answer := h.answer
		h.mu.Unlock()
		if answer != nil {
			answer(w)
		}
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *hook) answers(status int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.answer = func(w http.ResponseWriter) { w.WriteHeader(status) }
}

// event is what a webhook gets, in structured form.
type event struct {
	ID      string      `json:"id"`
	Type    string      `json:"type"`
	Source  string      `json:"source"`
	Subject string      `json:"subject"`
	Data    notify.News `json:"data"`
}

func (h *hook) got(t *testing.T) (all []event) {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	for i, body := range h.bodies {
		require.Equal(t, "application/cloudevents+json", h.headers[i].Get("Content-Type"))
		var e event
		require.NoError(t, json.Unmarshal(body, &e))
		all = append(all, e)
	}
	return all
}

func (h *hook) ids(t *testing.T) (ids []string) {
	t.Helper()
	for _, e := range h.got(t) {
		ids = append(ids, e.ID)
	}
	return ids
}

// bench is a store with definitions and instances beside it.
type bench struct {
	t      *testing.T
	engine *storetest.FaultyEngine
	config notify.Config

	mu          sync.Mutex
	now         time.Time
	definitions map[string]*definition.Definition
	instances   map[string]*instance.Instance
	// unreadable is a definition that is stored in a way that nobody can read.
	unreadable string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{
		t: t, now: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC), definitions: map[string]*definition.Definition{},
		instances: map[string]*instance.Instance{},
	}
	b.engine = storetest.Faulty(storetest.New(t, append(delivery.Collections(), notify.Collection(), journal.Collection())...), nil)
	b.config = notify.Config{
		Source: "https://lcm.example/api", Prefix: "io.test", Tries: 2, Delay: time.Millisecond, Client: &http.Client{}, Lookup: b,
		Now: b.clock, Log: slog.New(slog.DiscardHandler),
		Open: func(sealed []byte) (secret.String, error) {
			return secret.New(strings.TrimPrefix(string(sealed), "sealed:")), nil
		},
	}
	return b
}

func (b *bench) clock() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

func (b *bench) later(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = b.now.Add(d)
}

// Definition implements notify.Lookup.
func (b *bench) Definition(_ context.Context, id string) (*definition.Definition, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if id == b.unreadable {
		return nil, failure.New(failure.Internal, "state_unreadable", "it cannot be read")
	}
	if d := b.definitions[id]; d != nil {
		copied := *d
		return &copied, nil
	}
	return nil, failure.New(failure.NotFound, "definition_not_found", "none")
}

// readable says whether the definition d can be read.
func (b *bench) readable(can bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.unreadable = map[bool]string{false: "d"}[can]
}

// Instance implements notify.Lookup.
func (b *bench) Instance(_ context.Context, id string) (*instance.Instance, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if i := b.instances[id]; i != nil {
		return i, nil
	}
	return nil, failure.New(failure.NotFound, "instance_not_found", "none")
}

// owner makes a definition whose owner has a webhook and wants to be told everything.
func (b *bench) owner(id, url string) *definition.Notification {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := &definition.Notification{WebhookURL: url, NotifyOnStart: true, NotifyOnComplete: true, NotifyOnError: true}
	d := &definition.Definition{Name: "ccna", Version: "1.0.0", Notification: n}
	d.ID = id
	b.definitions[id] = d
	return n
}

func (b *bench) lab(id, of string) *instance.Instance {
	b.mu.Lock()
	defer b.mu.Unlock()
	begun := b.now.Add(-time.Hour)
	i := &instance.Instance{Definition: instance.Definition{ID: of}, StartedAt: &begun}
	i.ID = id
	b.instances[id] = i
	return i
}

// change brings a change of an instance to the journal as the relay does.
func (b *bench) change(n *notify.Notify, id string, version int64, kind, data string) {
	b.t.Helper()
	require.NoError(b.t, b.bring(n, readmodel.KindInstance, id, version, kind, data))
}

func (b *bench) bring(n *notify.Notify, kind readmodel.Kind, id string, version int64, event, data string) error {
	raw, err := json.Marshal(journal.Change{Version: version, By: "x", At: b.clock(), Events: []journal.Event{{Type: event, Data: json.RawMessage(data)}}})
	require.NoError(b.t, err)
	return notify.Intake{Notify: n, Next: journal.New(b.engine, false)}.Append(b.t.Context(), kind, id, raw)
}

func (b *bench) run(n *notify.Notify) (stop func()) {
	ctx, cancel := context.WithCancel(b.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		n.Run(ctx)
	}()
	stop = func() {
		cancel()
		<-done
	}
	b.t.Cleanup(stop)
	return stop
}

func eventually(t *testing.T, condition func() bool, reason string) {
	t.Helper()
	require.Eventually(t, condition, time.Minute, 2*time.Millisecond, reason)
}

func (b *bench) waiting() int {
	b.t.Helper()
	dirty := true
	n, err := b.engine.Count(b.t.Context(), notify.Name, store.Query{Dirty: &dirty})
	require.NoError(b.t, err)
	return n
}

// goesBy lets time pass, so that pauses end, and reports whether nothing waits.
func (b *bench) goesBy() bool {
	b.later(time.Minute)
	return b.waiting() == 0
}
