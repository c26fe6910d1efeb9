package notify_test

import (
	"context"
	"encoding/json"
	"fmt"
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
	if d := b.definitions[id]; d != nil {
		copied := *d
		return &copied, nil
	}
	return nil, failure.New(failure.NotFound, "definition_not_found", "none")
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

func TestAnOwnerIsToldInOrderAndOnce(t *testing.T) {
	b, h := newBench(t), newHook(t)
	b.owner("d", h.URL+"/hook").SealedSecret = []byte("sealed:0123456789abcdef0123456789")
	i := b.lab("i", "d")
	passed := true
	i.Score = &instance.Score{Earned: 8, Possible: 10, Percentage: 80, Passed: &passed, Checks: []instance.Check{{ID: "c", Message: "secret of the grader"}}}
	n := notify.New(b.config, b.engine)
	for range 2 { // the relay may bring a change twice
		b.change(n, "i", 9, instance.EventRunning, `{"started_at":"2026-03-02T11:00:00Z"}`)
	}
	b.later(time.Second)
	b.change(n, "i", 10, instance.EventArchived, `{}`)
	b.run(n)
	eventually(t, func() bool { return b.waiting() == 0 }, "all is sent")

	got := h.got(t)
	require.Equal(t, []string{"notifications/instances/i/9/0", "notifications/instances/i/10/0"}, h.ids(t))
	require.Equal(t, "io.test."+notify.EventLabStarted, got[0].Type)
	require.Equal(t, "io.test."+notify.EventLabCompleted, got[1].Type)
	require.Equal(t, "https://lcm.example/api", got[1].Source)
	require.Equal(t, "i", got[1].Subject)
	require.Equal(t, "ccna", got[1].Data.DefinitionName)
	require.Equal(t, "i", got[1].Data.InstanceID)
	require.InDelta(t, 80, got[1].Data.Score.Percentage, 0)
	require.NotContains(t, string(h.bodies[1]), "secret of the grader", "no more of the score than its sum")
	require.NotEmpty(t, h.headers[0].Get("Webhook-Signature"))
	require.EqualValues(t, 2, n.Queued.Load())
	require.EqualValues(t, 2, n.Sent.Load())

	b.change(n, "i", 10, instance.EventArchived, `{}`)
	require.Zero(t, b.waiting(), "what was sent is known when it comes again")
	entries, err := journal.New(b.engine, false).Query(t.Context(), readmodel.KindInstance, "i", 0, 10)
	require.NoError(t, err)
	require.Len(t, entries, 2, "the journal has the changes")
}

func TestWhatIsNews(t *testing.T) {
	for reason, c := range map[string]struct {
		kind, data, want string
		begun            bool
	}{
		"a lab begins":                        {instance.EventRunning, `{}`, notify.EventLabStarted, true},
		"a lab goes on":                       {instance.EventRunning, `{"resumed":true}`, "", true},
		"a lab is over":                       {instance.EventArchived, `{}`, notify.EventLabCompleted, true},
		"what is archived goes":               {instance.EventTerminated, `{"from_state":"archived","terminated_by":"control-plane-api","reason":"completed"}`, "", true},
		"its user ends it":                    {instance.EventTerminated, `{"from_state":"running","terminated_by":"ann"}`, notify.EventLabCompleted, true},
		"its user ends it before":             {instance.EventTerminated, `{"from_state":"pending","terminated_by":"ann"}`, "", false},
		"its slot was missed":                 {instance.EventTerminated, `{"from_state":"scheduled","terminated_by":"control-plane-api","reason":"timeslot_missed"}`, notify.EventLabFailed, false},
		"its worker was lost":                 {instance.EventTerminated, `{"from_state":"running","terminated_by":"worker-controller","reason":"worker_lost"}`, notify.EventLabFailed, true},
		"a score":                             {instance.EventScoreRecorded, `{"score":{"percentage":1}}`, "", true},
		"no score":                            {instance.EventScoreRecorded, `{"score":null,"reason":"grading_timeout"}`, notify.EventGradingFailed, true},
		"no grading":                          {instance.EventScoreRecorded, `{"score":null,"reason":"not_configured"}`, "", true},
		"another event":                       {instance.EventStopped, `{}`, "", true},
		"an event that cannot be read at all": {instance.EventRunning, `[]`, "", true},
	} {
		t.Run(reason, func(t *testing.T) {
			b, h := newBench(t), newHook(t)
			b.owner("d", h.URL)
			if i := b.lab("i", "d"); !c.begun {
				i.StartedAt = nil
			}
			n := notify.New(b.config, b.engine)
			b.change(n, "i", 1, c.kind, c.data)
			require.Equal(t, c.want != "", b.waiting() == 1)
			if c.want != "" {
				d, err := b.engine.Get(t.Context(), notify.Name, "instances/i/1")
				require.NoError(t, err)
				require.Contains(t, string(d.State), `"`+c.want+`"`)
			}
		})
	}
}

func TestOwnersAreToldWhatTheyWant(t *testing.T) {
	b := newBench(t)
	all := b.owner("d", "https://hook.example/")
	b.lab("i", "d")
	n := notify.New(b.config, b.engine)
	tell := func(version int64) {
		b.change(n, "i", version, instance.EventRunning, `{}`)
		b.change(n, "i", version+1, instance.EventArchived, `{}`)
		b.change(n, "i", version+2, instance.EventScoreRecorded, `{"reason":"grading_failed"}`)
		require.NoError(t, b.bring(n, readmodel.KindDefinition, "d", version, definition.EventContentSynced, `{"sync_status":"failed","error_message":"no_package: none"}`))
		require.NoError(t, b.bring(n, readmodel.KindDefinition, "d", version+1, definition.EventContentSynced, `{"sync_status":"success"}`))
	}
	tell(1)
	require.Equal(t, 4, b.waiting(), "all of it")
	all.NotifyOnStart, all.NotifyOnComplete = false, false
	tell(11)
	require.Equal(t, 6, b.waiting(), "grading and sync")
	all.NotifyOnError = false
	tell(21)
	require.Equal(t, 6, b.waiting())
	all.WebhookURL, all.NotifyOnError, all.Email = "", true, "ann@example.org"
	tell(31)
	require.Equal(t, 6, b.waiting(), "mail is not sent")
	require.EqualValues(t, 2, n.NotConfigured.Load(), "and it is counted")
	delete(b.definitions, "d")
	tell(41)
	require.Equal(t, 6, b.waiting(), "whom nobody knows nobody tells")
}

// What a webhook answers decides what becomes of the news.
func TestAnswersOfAWebhook(t *testing.T) {
	for name, c := range map[string]struct {
		status, dead, dropped int
		reason                string
	}{
		"refused for good": {400, 2, 0, "each is tried, then laid aside"},
		"unsupported":      {415, 2, 0, "laid aside at once"},
		"gone":             {410, 0, 2, "the owner wants no more"},
	} {
		t.Run(name, func(t *testing.T) {
			b, h := newBench(t), newHook(t)
			h.answers(c.status)
			b.owner("d", h.URL)
			b.lab("i", "d")
			n := notify.New(b.config, b.engine)
			b.change(n, "i", 1, instance.EventRunning, `{}`)
			b.change(n, "i", 2, instance.EventArchived, `{}`)
			b.run(n)
			eventually(t, func() bool { return b.waiting() == 0 }, c.reason)
			eventually(t, func() bool { return n.Dropped.Load() == int64(c.dropped) }, c.reason)
			dead, err := b.engine.Find(t.Context(), delivery.DeadLetters, store.Query{})
			require.NoError(t, err)
			require.Len(t, dead, c.dead, c.reason)
			for _, d := range dead {
				require.Contains(t, string(d.State), `"target":"d"`)
			}
		})
	}
}

func TestAWebhookThatIsDownForAWhileMissesNothing(t *testing.T) {
	b, h := newBench(t), newHook(t)
	h.answers(http.StatusServiceUnavailable)
	b.owner("d", h.URL)
	b.lab("i", "d")
	n := notify.New(b.config, b.engine)
	b.change(n, "i", 1, instance.EventRunning, `{}`)
	b.change(n, "i", 2, instance.EventArchived, `{}`)
	stop := b.run(n)
	eventually(t, func() bool { return n.Failed.Load() > 0 }, "it is tried")
	stop()
	require.Equal(t, 2, b.waiting())
	h.answers(http.StatusOK)
	b.run(notify.New(b.config, b.engine)) // over a restart, too
	eventually(t, func() bool { return b.waiting() == 0 }, "then all is sent")
	ids := h.ids(t)
	require.Equal(t, []string{"notifications/instances/i/1/0", "notifications/instances/i/2/0"}, ids[len(ids)-2:])
}

func TestWhatIsTooOldIsLaidAside(t *testing.T) {
	b, h := newBench(t), newHook(t)
	h.answers(http.StatusServiceUnavailable)
	b.owner("d", h.URL)
	b.lab("i", "d")
	n := notify.New(b.config, b.engine)
	b.change(n, "i", 1, instance.EventRunning, `{}`)
	b.later(73 * time.Hour)
	b.run(n)
	eventually(t, func() bool { return n.Dead.Load() == 1 && b.waiting() == 0 }, "after three days")

	h.answers(http.StatusOK)
	d := delivery.New(delivery.Config{}, b.engine, nil, slog.New(slog.DiscardHandler))
	letter, found, err := d.DeadLetter(t.Context(), "notifications/instances/i/1/0")
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, "d", letter.Target)
	outcome, status, err := n.Resend(t.Context(), letter)
	require.NoError(t, err)
	require.Equal(t, delivery.ResentSent, outcome)
	require.Equal(t, http.StatusOK, status)
	outcome, _, err = n.Resend(t.Context(), letter)
	require.NoError(t, err)
	require.Equal(t, delivery.ResentNotFound, outcome)
	delete(b.definitions, "d")
	outcome, _, err = n.Resend(t.Context(), letter)
	require.NoError(t, err)
	require.Equal(t, delivery.ResentNoWebhook, outcome)
}

// A URL that is put right also gets what waits; one that is taken away lets it go.
func TestTheWebhookOfTheMomentGetsThem(t *testing.T) {
	b, right, wrong := newBench(t), newHook(t), newHook(t)
	wrong.answers(http.StatusNotFound)
	b.owner("d", wrong.URL)
	b.lab("i", "d")
	n := notify.New(b.config, b.engine)
	b.change(n, "i", 1, instance.EventRunning, `{}`)
	b.run(n)
	eventually(t, func() bool { return n.Failed.Load() > 0 }, "the wrong one is tried")
	b.owner("d", right.URL)
	eventually(t, b.goesBy, "the right one takes it")
	require.Len(t, right.got(t), 1)

	wrong.answers(http.StatusNotFound)
	b.owner("d", wrong.URL)
	b.change(n, "i", 2, instance.EventArchived, `{}`)
	b.owner("d", "")
	eventually(t, b.goesBy, "nobody is left to be told")
}

// Webhooks that do not answer hold up nobody else's.
func TestASlowWebhookHoldsUpNobody(t *testing.T) {
	b, good := newBench(t), newHook(t)
	release := make(chan struct{})
	slow := newHook(t)
	slow.answer = func(http.ResponseWriter) { <-release }
	b.owner("a-slow", slow.URL)
	b.owner("b-good", good.URL)
	b.lab("i", "a-slow")
	b.lab("j", "b-good")
	n := notify.New(b.config, b.engine)
	for v := range int64(20) {
		b.change(n, "i", v, instance.EventRunning, `{}`)
	}
	b.change(n, "j", 1, instance.EventRunning, `{}`)
	b.run(n)
	eventually(t, func() bool { return len(good.got(t)) == 1 }, "the other one is told")
	close(release)
	eventually(t, func() bool { return b.waiting() == 0 }, "and the slow one in its time")
}

// A secret that does not open must not turn into an unsigned delivery.
func TestNothingGoesOutUnsignedThatShouldBeSigned(t *testing.T) {
	b, h := newBench(t), newHook(t)
	b.owner("d", h.URL).SealedSecret = []byte("sealed:x")
	b.lab("i", "d")
	tries := make(chan struct{}, 100)
	b.config.Open = func([]byte) (secret.String, error) {
		select {
		case tries <- struct{}{}:
		default:
		}
		return secret.String{}, fmt.Errorf("another key")
	}
	n := notify.New(b.config, b.engine)
	b.change(n, "i", 1, instance.EventRunning, `{}`)
	stop := b.run(n)
	<-tries
	stop()
	require.Empty(t, h.got(t))
	require.Equal(t, 1, b.waiting())
}

// The relay hears of a store that does not answer, and brings the change again.
func TestNewsAreQueuedBeforeTheChangeIsJournaled(t *testing.T) {
	b := newBench(t)
	b.owner("d", "https://hook.example/")
	b.lab("i", "d")
	n := notify.New(b.config, b.engine)
	b.engine.SetHook(storetest.OnCall(storetest.Insert, 1, storetest.Fault{Fail: store.ErrUnavailable}))
	require.ErrorIs(t, b.bring(n, readmodel.KindInstance, "i", 1, instance.EventRunning, `{}`), store.ErrUnavailable)
	b.engine.SetHook(nil)
	_, found, err := journal.New(b.engine, false).Get(t.Context(), readmodel.KindInstance, "i", 1)
	require.NoError(t, err)
	require.False(t, found)
	b.change(n, "i", 1, instance.EventRunning, `{}`)
	require.Equal(t, 1, b.waiting())
}

func TestWhatIsOverIsSweptInTheEnd(t *testing.T) {
	b, h := newBench(t), newHook(t)
	h.answers(http.StatusUnsupportedMediaType)
	b.owner("d", h.URL)
	b.lab("i", "d")
	n := notify.New(b.config, b.engine)
	b.change(n, "i", 1, instance.EventRunning, `{}`)
	b.run(n)
	eventually(t, func() bool { return n.Dead.Load() == 1 && b.waiting() == 0 }, "it is laid aside")
	count := func(collection string) int {
		all, err := b.engine.Count(t.Context(), collection, store.Query{})
		require.NoError(t, err)
		return all
	}
	require.NoError(t, n.Sweep(t.Context()))
	require.Equal(t, []int{1, 1}, []int{count(notify.Name), count(delivery.DeadLetters)})
	b.later(5 * 24 * time.Hour)
	require.NoError(t, n.Sweep(t.Context()))
	require.Equal(t, []int{0, 1}, []int{count(notify.Name), count(delivery.DeadLetters)})
	b.later(30 * 24 * time.Hour)
	require.NoError(t, n.Sweep(t.Context()))
	require.Zero(t, count(delivery.DeadLetters))
}
