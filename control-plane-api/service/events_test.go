package service_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/client"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/inbox"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

const inboundToken = "inbound-token-0123456789abcdef0123456789"

// watcher reads a stream until it ends.
type watcher struct {
	events *client.Events
	mu     sync.Mutex
	seen   []api.StreamFrame
	ended  chan struct{}
}

func (r *replica) watch(t *testing.T, token string, req api.StreamEvents) *watcher {
	t.Helper()
	w, err := r.tryWatch(t.Context(), token, req)
	require.NoError(t, err)
	return w
}

func (r *replica) tryWatch(ctx context.Context, token string, req api.StreamEvents) (*watcher, error) {
	c, err := client.New(client.Config{BaseURL: r.url, Token: func(context.Context) (string, error) { return token, nil }})
	if err != nil {
		return nil, err
	}
	events, err := c.StreamEvents(ctx, req)
	if err != nil {
		return nil, err
	}
	w := &watcher{events: events, ended: make(chan struct{})}
	go func() {
		defer close(w.ended)
		for {
			frame, err := events.Next()
			if err != nil {
				return
			}
			w.mu.Lock()
			w.seen = append(w.seen, frame)
			w.mu.Unlock()
		}
	}()
	return w, nil
}

func (w *watcher) saw(kind string) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.seen {
		if f.Type == kind {
			n++
		}
	}
	return n
}

func (w *watcher) close() {
	_ = w.events.Close()
	<-w.ended
}

// A stream outlives the time-outs of requests and of the server, goes on at another replica where it broke off, and is told
// when its replica stops.
func TestStreamsOutliveTimeoutsAndReplicas(t *testing.T) {
	w := newWorld(t)
	w.env["REQUEST_TIMEOUT"] = "300ms"
	first, second := w.start(t), w.start(t)
	token := w.idp.token(t, "ann", "admin")
	var here *watcher
	eventually(t, func() (ok bool) {
		here, ok = first.opened(t, token, api.StreamEvents{})
		return ok
	}, "etcd is read")
	_, _ = first.create(t, token, "k1", "one")
	eventually(t, func() bool { return here.saw("lablet-definition.created") == 1 }, "the change comes")
	begun := time.Now()
	eventually(t, func() bool { return time.Since(begun) > 6*time.Second }, "longer than a request and a connection may take")
	_, _ = second.create(t, token, "k2", "two")
	eventually(t, func() bool { return here.saw("lablet-definition.created") == 2 }, "the stream still lives, whoever wrote")
	last := ""
	eventually(t, func() bool { last = here.events.LastEventID(); return last != "" }, "there is an id")
	first.stop()
	<-here.ended
	require.Equal(t, 1, here.saw("system.sse.shutdown"))

	_, _ = second.create(t, token, "k3", "three")
	there := second.watch(t, token, api.StreamEvents{LastEventID: last})
	eventually(t, func() bool { return there.saw("lablet-definition.created") == 1 }, "what was missed comes from the other replica")
	require.Zero(t, there.saw("lablet.definition.snapshot"), "resumed, not begun anew")
	fresh := second.watch(t, token, api.StreamEvents{EventTypes: "lablet.definition.snapshot"})
	eventually(t, func() bool { return fresh.saw("lablet.definition.snapshot") == 3 }, "who begins sees what there is")
	there.close()
	fresh.close()
}

// opened tries to open a stream.
func (r *replica) opened(t *testing.T, token string, req api.StreamEvents) (*watcher, bool) {
	t.Helper()
	w, err := r.tryWatch(t.Context(), token, req)
	return w, err == nil
}

// 1,000 readers at once over real connections, each of whom sees every change; nothing of them is left behind.
func TestAThousandStreamsOverHTTP(t *testing.T) {
	const readers = 1000
	w := newWorld(t)
	r := w.start(t)
	token := w.idp.token(t, "ann", "admin")
	eventually(t, func() bool {
		one, ok := r.opened(t, token, api.StreamEvents{})
		if ok {
			one.close()
		}
		return ok
	}, "etcd is read")
	all := make([]*watcher, readers)
	var opening errgroup.Group
	opening.SetLimit(50)
	for i := range all {
		opening.Go(func() (err error) {
			all[i], err = r.tryWatch(t.Context(), token, api.StreamEvents{})
			return err
		})
	}
	require.NoError(t, opening.Wait())
	eventually(t, func() bool { return r.metric(t, "lcm_stream_clients") == fmt.Sprint(readers) }, "all are served")
	_, _ = r.create(t, token, "k1", "one")
	for _, one := range all {
		eventually(t, func() bool { return one.saw("lablet-definition.created") == 1 }, "each sees the change")
	}
	for _, one := range all {
		one.close()
	}
	eventually(t, func() bool { return r.metric(t, "lcm_stream_clients") == "0" }, "nothing is left")
}

// metric reads a figure without labels.
func (r *replica) metric(t *testing.T, name string) string {
	t.Helper()
	_, _, body := r.call(t, http.MethodGet, "/metrics", "", "", nil)
	for line := range strings.SplitSeq(string(body), "\n") {
		if value, found := strings.CutPrefix(line, name+" "); found {
			return value
		}
	}
	return ""
}

func TestInboundEventsAreWorkedOnByTheLeader(t *testing.T) {
	w := newWorld(t)
	w.env["CLOUD_EVENT_INBOUND_TOKEN"] = inboundToken
	r := w.start(t)
	send := func(token string) int {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.url+"/api/cloudevents", strings.NewReader(`{"specversion":"1.0","id":"1","source":"/s","type":"unknown"}`))
		require.NoError(t, err)
		request.Header.Set("Content-Type", api.CloudEventType)
		request.Header.Set("Authorization", "Bearer "+token)
		answer, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		_, _ = io.Copy(io.Discard, answer.Body)
		_ = answer.Body.Close()
		return answer.StatusCode
	}
	require.Equal(t, http.StatusUnauthorized, send("forged"))
	require.Equal(t, http.StatusAccepted, send(inboundToken))
	require.Equal(t, http.StatusAccepted, send(inboundToken))
	eventually(t, func() bool {
		found, err := w.engine.Find(t.Context(), inbox.Name, store.Query{})
		return err == nil && len(found) == 1 && !found[0].Dirty
	}, "the leading replica has looked at it")
}

func TestReadingAStreamEndsWithItsContext(t *testing.T) {
	w := newWorld(t)
	r := w.start(t)
	token := w.idp.token(t, "ann", "admin")
	ctx, cancel := context.WithCancel(t.Context())
	var one *watcher
	eventually(t, func() bool {
		var err error
		one, err = r.tryWatch(ctx, token, api.StreamEvents{})
		return err == nil
	}, "etcd is read")
	cancel()
	<-one.ended
	_, err := one.events.Next()
	require.Error(t, err)
}
