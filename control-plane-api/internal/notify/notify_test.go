package notify_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

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
	slow, release := newHook(t), make(chan struct{})
	letGo := sync.OnceFunc(func() { close(release) })
	t.Cleanup(letGo) // a failed test must not leave the server waiting
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
	letGo()
	eventually(t, func() bool { return b.waiting() == 0 }, "and the slow one in its time")
}

// A secret that does not open must not turn into an unsigned delivery: what waits is kept as for a webhook that does not answer,
// laid aside when it is too old, and goes out signed when somebody sends it again under the right key.
func TestNothingGoesOutUnsignedThatShouldBeSigned(t *testing.T) {
	const letter = "notifications/instances/i/1/0"
	b, h := newBench(t), newHook(t)
	b.owner("d", h.URL).SealedSecret = []byte("sealed:x")
	b.lab("i", "d")
	right := b.config.Open
	b.config.Open = func([]byte) (secret.String, error) { return secret.String{}, fmt.Errorf("another key") }
	n := notify.New(b.config, b.engine)
	b.change(n, "i", 1, instance.EventRunning, `{}`)
	stop := b.run(n)
	eventually(t, func() bool {
		b.later(time.Minute) // so that the pause after the first try ends
		return n.Failed.Load() > 1
	}, "it is tried again")
	require.Equal(t, 1, b.waiting())
	b.later(73 * time.Hour)
	eventually(t, func() bool { return b.goesBy() && n.Dead.Load() == 1 }, "after three days it is laid aside")
	stop()

	kept, found, err := delivery.New(delivery.Config{}, b.engine, nil, slog.New(slog.DiscardHandler)).DeadLetter(t.Context(), letter)
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, []any{"d", delivery.CodeSecretUnreadable, 0}, []any{kept.Target, kept.Reason, kept.Status})
	outcome, _, err := n.Resend(t.Context(), kept)
	require.NoError(t, err)
	require.Equal(t, delivery.ResentNoAnswer, outcome, "sending it again does not send it unsigned either")
	require.Empty(t, h.headers, "the webhook was not asked anything")

	b.config.Open = right
	outcome, _, err = notify.New(b.config, b.engine).Resend(t.Context(), kept)
	require.NoError(t, err)
	require.Equal(t, delivery.ResentSent, outcome)
	require.NotEmpty(t, h.headers[0].Get("Webhook-Signature"))
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

// What cannot be read now cannot be read later either: the journal takes the change without its news.
func TestWhatCannotBeReadHoldsUpNoJournal(t *testing.T) {
	b := newBench(t)
	b.owner("d", "https://hook.example/")
	b.lab("i", "d")
	b.unreadable = "d"
	n := notify.New(b.config, b.engine)
	b.change(n, "i", 1, instance.EventRunning, `{}`)
	require.Zero(t, b.waiting())
	_, found, err := journal.New(b.engine, false).Get(t.Context(), readmodel.KindInstance, "i", 1)
	require.NoError(t, err)
	require.True(t, found)
}

// News of a definition that can be read no more are kept for a release that can, and laid aside when they are too old.
func TestNewsOfADefinitionThatCannotBeReadAreLaidAside(t *testing.T) {
	b, h := newBench(t), newHook(t)
	b.owner("d", h.URL)
	b.lab("i", "d")
	n := notify.New(b.config, b.engine)
	b.change(n, "i", 1, instance.EventRunning, `{}`)
	b.readable(false)
	stop := b.run(n)
	eventually(t, func() bool {
		b.later(time.Minute)
		return n.Failed.Load() > 1
	}, "it is tried again")
	require.Equal(t, 1, b.waiting())
	b.later(73 * time.Hour)
	eventually(t, func() bool { return b.goesBy() && n.Dead.Load() == 1 }, "after three days it is laid aside")
	stop()

	kept, found, err := delivery.New(delivery.Config{}, b.engine, nil, slog.New(slog.DiscardHandler)).DeadLetter(t.Context(), "notifications/instances/i/1/0")
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, []any{"d", delivery.CodeDefinitionUnreadable, 0}, []any{kept.Target, kept.Reason, kept.Status})
	outcome, _, err := n.Resend(t.Context(), kept)
	require.NoError(t, err)
	require.Equal(t, delivery.ResentNoAnswer, outcome)
	b.readable(true)
	outcome, _, err = n.Resend(t.Context(), kept)
	require.NoError(t, err)
	require.Equal(t, delivery.ResentSent, outcome)
	require.Len(t, h.got(t), 1)
}

// What waits goes out as soon as the definition can be read.
func TestADefinitionThatCanBeReadAgainIsTold(t *testing.T) {
	b, h := newBench(t), newHook(t)
	b.owner("d", h.URL)
	b.lab("i", "d")
	n := notify.New(b.config, b.engine)
	b.change(n, "i", 1, instance.EventRunning, `{}`)
	b.readable(false)
	b.run(n)
	eventually(t, func() bool { return n.Failed.Load() > 0 }, "it is withheld")
	b.readable(true)
	eventually(t, b.goesBy, "it is sent")
	require.Len(t, h.got(t), 1)
	require.Zero(t, n.Dead.Load())
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
