package delivery_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo/repotest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/delivery"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/inbox"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/memstore"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

// S11: the handshake is asked for and its rate kept, each delivery names its origin and is signed, and a verifier of the same
// standard, our own, takes it now and not when it comes again later.
func TestS11DeliveriesAreWhatCarefulSinksAskFor(t *testing.T) {
	const key = "0123456789abcdef0123456789abcdef"
	var mu sync.Mutex
	var asked, sent []http.Header
	var bodies [][]byte
	var at []time.Time
	careful := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if r.Method == http.MethodOptions {
			asked = append(asked, r.Header)
			w.Header().Set("WebHook-Allowed-Origin", r.Header.Get("WebHook-Request-Origin"))
			w.Header().Set("WebHook-Allowed-Rate", "1200")
			return
		}
		body, _ := io.ReadAll(r.Body)
		sent, bodies, at = append(sent, r.Header), append(bodies, body), append(at, time.Now())
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(careful.Close)
	b := newBench(t)
	address, err := url.Parse(careful.URL)
	require.NoError(t, err)
	b.config.Sink, b.config.Secret = address, secret.New(key)
	b.journaled(t, "a", 2)
	begun := time.Now()
	_, stop := b.run(t)
	b.waitEmpty(t)
	stop()

	require.Len(t, asked, 1)
	require.Equal(t, "lcm.example", asked[0].Get("WebHook-Request-Origin"))
	require.Len(t, sent, 3)
	for i := range sent {
		require.Equal(t, "lcm.example", sent[i].Get("Origin"))
		require.GreaterOrEqual(t, at[i].Sub(begun), time.Duration(i)*50*time.Millisecond, "1200 a minute are one in 50 ms")
	}
	now := time.Now()
	verifier := inbox.New(inbox.Config{Secrets: []secret.String{secret.New(key)}, MaxAge: time.Hour, Now: func() time.Time { return now }},
		storetest.New(t, inbox.Collection()), nil)
	require.NoError(t, verifier.Receive(t.Context(), sent[0], bodies[0]))
	require.Error(t, verifier.Receive(t.Context(), sent[0], bodies[1]), "another body")
	now = now.Add(6 * time.Minute)
	require.Error(t, verifier.Receive(t.Context(), sent[0], bodies[0]), "a replay")
}

// outage is a sink behind a network; nothing answers before it is over.
type outage struct {
	mu     sync.Mutex
	over   time.Time
	tries  int
	taken  []string
	redirs int
}

func (o *outage) RoundTrip(r *http.Request) (*http.Response, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.tries++
	answer := func(status int) (*http.Response, error) {
		return &http.Response{StatusCode: status, Body: http.NoBody, Header: http.Header{"Location": {"http://elsewhere"}}, Request: r}, nil
	}
	switch {
	case r.URL.Host != "sink":
		o.redirs++
		return answer(http.StatusAccepted)
	case r.Method != http.MethodPost:
		return answer(http.StatusMethodNotAllowed)
	case time.Now().Before(o.over):
		switch o.tries % 4 {
		case 0:
			return answer(http.StatusTooManyRequests)
		case 1:
			return answer(http.StatusFound)
		case 2:
			return answer(http.StatusServiceUnavailable)
		default:
			return nil, errors.New("connection refused")
		}
	}
	o.taken = append(o.taken, r.Header.Get("Ce-Id"))
	return answer(http.StatusAccepted)
}

// Fault row 26: a sink that is down for a day loses nothing and gets all in order; redirects are not followed.
func TestRow26ASinkThatIsDownForADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data, err := memstore.NewData(append(repotest.Collections(), delivery.Collections()...)...)
		require.NoError(t, err)
		engine := data.Open()
		o := &outage{over: time.Now().Add(24 * time.Hour)}
		b := &bench{engine: engine, log: journal.New(engine, true), config: delivery.Config{
			Sink: &url.URL{Scheme: "http", Host: "sink"}, Source: "/s", Prefix: "p", Delay: time.Second, Client: &http.Client{Transport: o},
		}}
		b.journaled(t, "a", 3)
		d, stop := b.run(t)
		<-time.After(23 * time.Hour)
		synctest.Wait()
		o.mu.Lock()
		require.Empty(t, o.taken)
		require.Less(t, o.tries, 24*60+100, "about one try a minute")
		o.mu.Unlock()
		require.Zero(t, d.Dead.Load(), "an outage is no fault of the events")
		<-time.After(2 * time.Hour)
		stop()
		require.Equal(t, eventIDs("a", 1, 2, 3, 4), o.taken, fmt.Sprint(o.tries))
		require.Zero(t, o.redirs)
	})
}
