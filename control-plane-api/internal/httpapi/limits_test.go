package httpapi_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/httpapi"
)

// from sends a request from an address.
func (e *edge) from(address string, r request) answer {
	e.t.Helper()
	in := httptest.NewRequestWithContext(e.t.Context(), r.method, r.path, strings.NewReader(r.body))
	in.RemoteAddr = address
	for i := 0; i+1 < len(r.headers); i += 2 {
		in.Header.Add(r.headers[i], r.headers[i+1])
	}
	out := httptest.NewRecorder()
	e.handler.ServeHTTP(out, in)
	return answer{status: out.Code, header: out.Header(), body: out.Body.Bytes()}
}

func limited(limits httpapi.Limits) func(*httpapi.Deps) {
	return func(d *httpapi.Deps) { d.Limits = limits }
}

// TestS5LimitsPerCallerAddressAndAltogether is control S5.
func TestS5LimitsPerCallerAddressAndAltogether(t *testing.T) {
	read := request{http.MethodGet, "/api/worker-templates", "", as("ann", "user")}
	const here, there = "192.0.2.1:1", "192.0.2.2:1"
	t.Run("guessing tokens is slow", func(t *testing.T) {
		e := newEdgeWith(t, limited(httpapi.Limits{IPPerSecond: 0.001, IPBurst: 3}))
		guess := request{http.MethodGet, "/api/workers", "", []string{"Authorization", "Bearer junk"}}
		for range 3 {
			require.Equal(t, http.StatusUnauthorized, e.from(here, guess).status)
		}
		out := e.from(here, guess)
		require.Equal(t, http.StatusTooManyRequests, out.status)
		require.Equal(t, "1", out.header.Get("Retry-After"))
		require.Equal(t, "rate_limited", e.problem(out, guess.path).Code)
		require.Equal(t, http.StatusTooManyRequests, e.from(here, request{method: http.MethodGet, path: "/api/nothing"}).status, "whatever is asked for")
		require.Equal(t, http.StatusOK, e.from(there, read).status, "others go on")
		require.Equal(t, http.StatusOK, e.from(here, request{http.MethodGet, "/api/internal/workers", "", by(workers)}).status, "a service is known by its key")
		require.Equal(t, http.StatusTooManyRequests, e.from(here, request{http.MethodGet, "/api/internal/workers", "", []string{api.HeaderAPIKey, "guess"}}).status)
	})
	t.Run("one customer's IPv6 network is one address", func(t *testing.T) {
		e := newEdgeWith(t, limited(httpapi.Limits{IPPerSecond: 0.001, IPBurst: 1}))
		require.Equal(t, http.StatusOK, e.from("[2001:db8:1:2::1]:1", read).status)
		require.Equal(t, http.StatusTooManyRequests, e.from("[2001:db8:1:2:ffff::9]:1", read).status)
		require.Equal(t, http.StatusOK, e.from("[2001:db8:1:3::1]:1", read).status)
	})
	t.Run("all together", func(t *testing.T) {
		e := newEdgeWith(t, limited(httpapi.Limits{AllPerSecond: 0.001, AllBurst: 2}))
		require.Equal(t, http.StatusOK, e.from(here, read).status)
		require.Equal(t, http.StatusOK, e.from(there, read).status)
		require.Equal(t, http.StatusTooManyRequests, e.from("192.0.2.3:1", read).status)
	})
}

func TestS5ForwardedForIsBelievedFromProxiesOnly(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	for _, c := range []struct {
		remote, forwarded, want, reason string
	}{
		{"192.0.2.1:1", "198.51.100.7", "192.0.2.1", "a stranger may say anything"},
		{"10.0.0.1:1", "198.51.100.7", "198.51.100.7", "our proxy tells the truth"},
		{"10.0.0.1:1", "203.0.113.9, 198.51.100.7", "198.51.100.7", "what the stranger put in front is not believed"},
		{"10.0.0.1:1", "198.51.100.7, 10.0.0.2", "198.51.100.7", "two proxies in a row"},
		{"10.0.0.1:1", "", "10.0.0.1", "no header"},
		{"10.0.0.1:1", "unknown", "10.0.0.1", "no address"},
		{"10.0.0.1:1", "198.51.100.7, junk", "10.0.0.1", "junk nearest to us"},
		{"10.0.0.1:1", strings.Repeat("10.0.0.2, ", 10_000) + "10.0.0.2", "10.0.0.2", "a header of proxies only, without end"},
		{"[::ffff:10.0.0.1]:1", "198.51.100.7", "198.51.100.7", "the proxy over IPv6"},
	} {
		e := newEdgeWith(t, limited(httpapi.Limits{IPPerSecond: 0.001, IPBurst: 1, Proxies: proxies}))
		read := request{http.MethodGet, "/api/worker-templates", "", as("ann", "user", "X-Forwarded-For", c.forwarded)}
		require.Equal(t, http.StatusOK, e.from(c.remote, read).status, c.reason)
		direct := request{http.MethodGet, "/api/worker-templates", "", as("ann", "user")}
		require.Equal(t, http.StatusTooManyRequests, e.from("10.9.9.9:1", request{direct.method, direct.path, "", append(slices.Clone(direct.headers), "X-Forwarded-For", c.want)}).status, "%s: the budget of %s is spent", c.reason, c.want)
	}
}

// waiting is a verifier at which calls wait until they are let go, so that they are in the API at the same time.
type waiting struct {
	people
	inside, let chan struct{}
}

func (w *waiting) Verify(ctx context.Context, authorization string) (httpapi.Person, error) {
	w.inside <- struct{}{}
	<-w.let
	return w.people.Verify(ctx, authorization)
}

func TestS5CallsAtOnce(t *testing.T) {
	hold := &waiting{inside: make(chan struct{}, 8), let: make(chan struct{})}
	e := newEdgeWith(t, func(d *httpapi.Deps) {
		d.Limits = httpapi.Limits{AtOnce: 3, IPAtOnce: 2}
		d.Tokens = hold
	})
	read := request{http.MethodGet, "/api/worker-templates", "", as("ann", "user")}
	var all sync.WaitGroup
	enter := func(address string) {
		all.Go(func() { e.from(address, read) })
		<-hold.inside
	}
	enter("192.0.2.1:1")
	enter("192.0.2.1:2")
	out := e.from("192.0.2.1:3", read)
	require.Equal(t, http.StatusTooManyRequests, out.status, "one address leaves room for others")
	require.Equal(t, "too_many_at_once", e.problem(out, read.path).Code)
	require.NotEmpty(t, out.header.Get("Retry-After"))
	enter("192.0.2.2:1")
	out = e.from("192.0.2.3:1", read)
	require.Equal(t, http.StatusServiceUnavailable, out.status)
	require.Equal(t, "overloaded", e.problem(out, read.path).Code)
	require.NotEmpty(t, out.header.Get("Retry-After"))
	require.Equal(t, http.StatusOK, e.from("192.0.2.3:1", request{http.MethodGet, "/api/internal/workers", "", by(workers)}).status, "people do not hold up services")
	close(hold.let)
	all.Wait()
	require.Equal(t, http.StatusOK, e.from("192.0.2.1:1", read).status, "who has left makes room")
}

// TestS5AFloodFromOneAddressLeavesOthersAlone is control S5: ten times what one address may, and the others' calls take no
// more than twice as long.
func TestS5AFloodFromOneAddressLeavesOthersAlone(t *testing.T) {
	const perSecond = 50
	e := newEdgeWith(t, limited(httpapi.Limits{PerSecond: perSecond, Burst: perSecond, IPPerSecond: perSecond, IPBurst: perSecond, AllPerSecond: 100 * perSecond, AllBurst: 100 * perSecond}))
	read := request{http.MethodGet, "/api/worker-templates", "", as("ann", "user")}
	const calls = 40
	measure := func() time.Duration {
		var took []time.Duration
		for n := range calls {
			begun := time.Now()
			require.Equal(t, http.StatusOK, e.from(fmt.Sprintf("192.0.2.%d:1", 10+n), request{read.method, read.path, "", as(fmt.Sprintf("person-%d", n), "user")}).status)
			took = append(took, time.Since(begun))
		}
		slices.Sort(took)
		return took[calls*95/100]
	}
	alone := measure()
	stop, refused := make(chan struct{}), 0
	var flood sync.WaitGroup
	flood.Go(func() {
		ticker := time.NewTicker(time.Second / (10 * perSecond))
		defer ticker.Stop()
		for {
			select {
			case <-stop:
				return
			case <-ticker.C:
				if e.from("192.0.2.1:1", read).status == http.StatusTooManyRequests {
					refused++
				}
			}
		}
	})
	during := measure()
	for range 3 {
		during = min(during, measure())
	}
	close(stop)
	flood.Wait()
	// The floor is for machines on which a call takes so little that the measurement itself is noise.
	require.LessOrEqual(t, during, max(2*alone, 20*time.Millisecond))
	t.Logf("p95 alone %v, during the flood %v, %d calls refused", alone, during, refused)
}
