package httpapi_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// endless at the end of a body stands for 32 MiB more, which are made as they are read.
const endless = "…"

type xs struct{}

func (xs) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func bodyOf(r request) io.Reader {
	if start, ok := strings.CutSuffix(r.body, endless); ok {
		return io.MultiReader(strings.NewReader(start), io.LimitReader(xs{}, 32<<20))
	}
	return strings.NewReader(r.body)
}

// hostile are requests that want to use up memory or time.
func hostile() map[string]request {
	author, ann := as("author", "lab-author"), as("ann", "user")
	definition := func(fields string) request {
		return request{http.MethodPost, "/api/lablet-definitions", `{"name":"a","version":"1.0.0",` + fields + `}`, author}
	}
	lab := func(yaml string) request { return definition(fmt.Sprintf(`"topology_yaml":%q`, yaml)) }
	book := func(body string) request { return request{http.MethodPost, "/api/lablet-instances", body, ann} }
	list := func(query string) request {
		return request{http.MethodGet, "/api/lablet-instances?" + query, "", ann}
	}
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'k'; c++ {
		bomb += fmt.Sprintf("%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	keys := strings.Builder{}
	for n := range 50_000 {
		fmt.Fprintf(&keys, `"k%d":1,`, n)
	}
	return map[string]request{
		"a body without end":             book(`{"definition_id":"` + endless),
		"a lab file without end":         {http.MethodPost, "/api/lablet-definitions", `{"name":"a","version":"1.0.0","topology_yaml":"` + endless, author},
		"arrays in arrays":               book(strings.Repeat("[", 900_000)),
		"objects in objects":             book(strings.Repeat(`{"a":`, 150_000)),
		"nested and closed":              book(strings.Repeat("[", 400_000) + strings.Repeat("]", 400_000)),
		"deep below a known field":       definition(`"owner_notification":` + strings.Repeat(`{"email":`, 50) + `1` + strings.Repeat(`}`, 50)),
		"very many fields":               book("{" + keys.String() + `"z":1}`),
		"a number of a million digits":   definition(`"cpu_cores":` + strings.Repeat("9", 1_000_000)),
		"an exponent":                    definition(`"cpu_cores":1e999999999`),
		"a list of a hundred thousand":   definition(`"license_affinity":["` + strings.Repeat(`a","`, 100_000) + `"]`),
		"text that is no text":           book("{\"definition_id\":\"\xff\xfe\xfd\"}"),
		"escapes that are none":          book(`{"definition_id":"\ud800"`),
		"aliases of aliases in YAML":     lab(bomb),
		"YAML nested beyond reason":      lab("lab: " + strings.Repeat("[", 100_000)),
		"YAML keys nested beyond reason": lab(strings.Repeat("? ", 100_000)),
		"an alias of itself":             lab("lab: &a\n  b: *a\n"),
		"very many documents":            lab(strings.Repeat("---\n", 200_000)),
		"an address without end":         list("status=" + strings.Repeat("x", 64<<10)),
		"very many parameters":           list(strings.Repeat("status=ready&", 2_000) + "x=1"),
		"a page larger than the largest": list("limit=1000000000"),
		"far behind the end":             list("skip=9223372036854775807"),
		"a cursor of the caller's own":   list("cursor=" + strings.Repeat("A", 500)),
		"a key without end":              {http.MethodPost, "/api/lablet-instances", `{}`, append(ann, "Idempotency-Key", strings.Repeat("k", 60<<10))},
		"a token without end":            {http.MethodGet, "/api/workers", "", []string{"Authorization", "Bearer " + strings.Repeat("a.", 30<<10)}},
		"an id without end":              {http.MethodGet, "/api/lablet-instances/" + strings.Repeat("x", 16<<10), "", ann},
	}
}

// TestS6HostileRequestsAreRefusedCheaply is control S6: whatever is sent is refused, with a problem document, and at most 64 MiB
// more memory are in use meanwhile.
func TestS6HostileRequestsAreRefusedCheaply(t *testing.T) {
	e := newEdge(t)
	corpus := hostile()
	before := e.content()
	debug.FreeOSMemory()
	base, stop := inUse(), make(chan struct{})
	var peak uint64
	var watch sync.WaitGroup
	watch.Go(func() {
		for ticker := time.NewTicker(time.Millisecond); ; {
			select {
			case <-stop:
				ticker.Stop()
				return
			case <-ticker.C:
				peak = max(peak, inUse())
			}
		}
	})
	for reason, r := range corpus {
		begun := time.Now()
		in := httptest.NewRequestWithContext(t.Context(), r.method, r.path, bodyOf(r))
		in.Header.Set("Content-Type", "application/json")
		for i := 0; i+1 < len(r.headers); i += 2 {
			in.Header.Set(r.headers[i], r.headers[i+1])
		}
		out := httptest.NewRecorder()
		e.handler.ServeHTTP(out, in)
		require.GreaterOrEqual(t, out.Code, http.StatusBadRequest, reason)
		require.Less(t, out.Code, http.StatusInternalServerError, "%s: %s", reason, out.Body)
		require.Contains(t, out.Header().Get("Content-Type"), "problem+json", reason)
		require.Less(t, out.Body.Len(), 64<<10, "%s: the answer repeats nothing without end", reason)
		require.Less(t, time.Since(begun), 10*time.Second, reason)
		// What one request left for the collector is not the next one's.
		debug.FreeOSMemory()
	}
	close(stop)
	watch.Wait()
	require.Less(t, int64(peak)-int64(base), int64(64<<20), "more memory in use: %d MiB", (int64(peak)-int64(base))>>20)
	require.Equal(t, before, e.content())
}

// inUse is the memory that the process holds, in bytes.
func inUse() uint64 {
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(samples)
	return samples[0].Value.Uint64() - samples[1].Value.Uint64()
}

// TestS6ASlowBodyHoldsNobodyUp is control S6: who sends a body byte by byte is cut off after seconds.
func TestS6ASlowBodyHoldsNobodyUp(t *testing.T) {
	e := newEdge(t)
	server := httptest.NewServer(e.handler)
	defer server.Close()
	connection, err := net.Dial("tcp", server.Listener.Addr().String())
	require.NoError(t, err)
	defer func() { _ = connection.Close() }()
	_, err = fmt.Fprintf(connection, "POST /api/lablet-instances HTTP/1.1\r\nHost: lcm\r\nAuthorization: Bearer ann:user\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")
	require.NoError(t, err)
	require.NoError(t, connection.SetReadDeadline(time.Now().Add(15*time.Second)))
	begun := time.Now()
	answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	_, err = io.Copy(io.Discard, answer.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusRequestTimeout, answer.StatusCode)
	require.Less(t, time.Since(begun), 10*time.Second)
}
