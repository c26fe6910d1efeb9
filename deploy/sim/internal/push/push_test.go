package push_test

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/push"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/simtest"
)

// queue is a feed of numbered events per subject.
type queue struct {
	waiting map[string][]string
	broken  bool
}

func (q *queue) Due() []push.Item {
	var items []push.Item
	for subject, ids := range q.waiting {
		if len(ids) == 0 {
			continue
		}
		items = append(items, push.Item{
			Event: push.Event{ID: ids[0], Source: "test", Type: "t", Subject: subject, Time: time.Unix(1, 0), Data: map[string]int{"n": 1}},
			Accepted: func() error {
				if q.broken {
					return errors.New("disk full")
				}
				q.waiting[subject] = q.waiting[subject][1:]
				return nil
			},
		})
	}
	return items
}

// receiver answers by the id of the event and notes what it saw.
type receiver struct {
	status map[string]int
	wait   string
	got    []string
	header http.Header
	body   string
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	id := req.Header.Get("Ce-Id")
	raw, _ := io.ReadAll(req.Body)
	r.got, r.header, r.body = append(r.got, id), req.Header, string(raw)
	if r.wait != "" {
		w.Header().Set("Retry-After", r.wait)
	}
	status := r.status[id]
	if status == 0 {
		status = http.StatusAccepted
	}
	w.WriteHeader(status)
}

func pusher(q *queue, r *receiver, sink push.Sink) *push.Pusher {
	return push.New(q, sink, simtest.Transport(r), slog.New(slog.DiscardHandler))
}

func TestEventsOfASubjectGoInOrderAndOneRefusedHoldsOnlyItsSubject(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &queue{waiting: map[string][]string{"a": {"a1", "a2"}, "b": {"b1", "b2"}}}
		r := &receiver{status: map[string]int{"a1": http.StatusUnprocessableEntity}}
		p := pusher(q, r, push.Sink{URL: "http://sink/", Token: "secret"})
		require.Equal(t, 2, p.Push(t.Context()))
		require.Empty(t, q.waiting["b"])
		require.Equal(t, []string{"a1", "a2"}, q.waiting["a"])
		require.Equal(t, "Bearer secret", r.header.Get("Authorization"))

		delete(r.status, "a1")
		require.Zero(t, p.Push(t.Context()), "the back-off is not over")
		<-time.After(time.Second)
		require.Equal(t, 2, p.Push(t.Context()))
		require.Equal(t, []string{"a1", "a2"}, r.got[len(r.got)-2:])
	})
}

func TestASinkThatIsDownHoldsEverythingForAsLongAsItAsks(t *testing.T) {
	for _, status := range []int{401, 429, 302, 500, 503} {
		synctest.Test(t, func(t *testing.T) {
			q := &queue{waiting: map[string][]string{"a": {"a1"}}}
			r := &receiver{status: map[string]int{"a1": status}, wait: "30"}
			p := pusher(q, r, push.Sink{URL: "http://sink/"})
			require.Zero(t, p.Push(t.Context()))
			delete(r.status, "a1")
			<-time.After(29 * time.Second)
			require.Zero(t, p.Push(t.Context()))
			require.Len(t, r.got, 1, "status %d: a call too early, or a redirect followed", status)
			<-time.After(2 * time.Second)
			require.Equal(t, 1, p.Push(t.Context()))
		})
	}
}

func TestGoneStopsUntilTheSinkIsSetAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &queue{waiting: map[string][]string{"a": {"a1"}}}
		r := &receiver{status: map[string]int{"a1": http.StatusGone}}
		p := pusher(q, r, push.Sink{URL: "http://sink/"})
		require.Zero(t, p.Push(t.Context()))
		delete(r.status, "a1")
		<-time.After(time.Hour)
		require.Zero(t, p.Push(t.Context()))
		p.SetSink(push.Sink{URL: "http://sink/again"})
		require.Equal(t, 1, p.Push(t.Context()))
	})
}

func TestAnEventWhoseAcceptanceIsNotRecordedGoesAgainWithItsID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &queue{waiting: map[string][]string{"a": {"a1"}}, broken: true}
		r := &receiver{}
		p := pusher(q, r, push.Sink{URL: "http://sink/"})
		require.Zero(t, p.Push(t.Context()))
		q.broken = false
		<-time.After(time.Second)
		require.Equal(t, 1, p.Push(t.Context()))
		require.Equal(t, []string{"a1", "a1"}, r.got)
	})
}

func TestContentModes(t *testing.T) {
	q := &queue{waiting: map[string][]string{"a": {"a1"}}}
	r := &receiver{}
	require.Equal(t, 1, pusher(q, r, push.Sink{URL: "http://sink/"}).Push(t.Context()))
	require.Equal(t, "application/json", r.header.Get("Content-Type"))
	require.Equal(t, "1.0", r.header.Get("Ce-Specversion"))
	require.JSONEq(t, `{"n":1}`, r.body)

	q.waiting["a"] = []string{"a2"}
	require.Equal(t, 1, pusher(q, r, push.Sink{URL: "http://sink/", Structured: true}).Push(t.Context()))
	require.Contains(t, r.header.Get("Content-Type"), "application/cloudevents+json")
	require.JSONEq(t, `{"specversion":"1.0","id":"a2","source":"test","type":"t","subject":"a",
		"time":"1970-01-01T00:00:01Z","datacontenttype":"application/json","data":{"n":1}}`, r.body)
}
