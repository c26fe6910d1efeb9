package cmllabs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/secret"
)

// cmlServer answers as CML does, behind its login and its own certificate.
func cmlServer(t *testing.T, routes map[string]http.HandlerFunc) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v0/authenticate", say(`"jwt"`))
	for pattern, handler := range routes {
		method, path, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(method+" /api/v0"+path, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "Bearer jwt" {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			handler(w, r)
		})
	}
	server := httptest.NewUnstartedServer(mux)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // refused certificates are what some tests are about
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func say(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }
}

func noContent(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }

func pool(server *httptest.Server, pin Pin, change func(*Config)) *Pool {
	config := Config{Username: "admin", Password: secret.New("pw"), ConnectTo: server.Listener.Addr().String()}
	if change != nil {
		change(&config)
	}
	return NewPool(config, pin)
}

func insecure(c *Config) { c.Insecure = true }

func worker() readmodel.Worker {
	return readmodel.Worker{ID: "w", PublicIP: "192.0.2.9", PrivateIP: "10.0.0.9"}
}

func open(t *testing.T, server *httptest.Server) *Labs {
	t.Helper()
	labs, err := pool(server, nil, insecure).Labs(t.Context(), worker())
	require.NoError(t, err)
	return labs
}

func TestFirstContactPinsAndAnotherCertificateIsRefused(t *testing.T) {
	server := cmlServer(t, map[string]http.HandlerFunc{"GET /labs/a": say(`{"lab_title":"x","state":"STARTED"}`)})
	sum := sha256.Sum256(server.Certificate().Raw)
	want := hex.EncodeToString(sum[:])
	type key struct{}
	var pinned []string
	p := pool(server, func(ctx context.Context, id, fingerprint string) error {
		pinned = append(pinned, id+"/"+fingerprint+"/"+ctx.Value(key{}).(string))
		return nil
	}, nil)
	w := worker()
	labs, err := p.Labs(context.WithValue(t.Context(), key{}, "term"), w)
	require.NoError(t, err)
	_, err = labs.Get(t.Context(), "a")
	require.NoError(t, err)
	require.Equal(t, []string{"w/" + want + "/term"}, pinned, "with the context of the run, which carries the term")

	w.TLSPin = want
	first, err := p.Labs(t.Context(), w)
	require.NoError(t, err)
	again, err := p.Labs(t.Context(), w)
	require.NoError(t, err)
	require.Same(t, first, again, "a pinned client is kept")
	_, err = first.Get(t.Context(), "a")
	require.NoError(t, err)

	w.TLSPin = strings.Repeat("0", 64)
	other, err := p.Labs(t.Context(), w)
	require.NoError(t, err)
	_, err = other.Get(t.Context(), "a")
	require.Equal(t, "cml_certificate_changed", failure.CodeOf(err))
	require.Len(t, pinned, 1)
}

func TestAPinThatCannotBeStoredMakesNoConnection(t *testing.T) {
	var asked atomic.Bool
	server := cmlServer(t, map[string]http.HandlerFunc{"GET /labs/a": func(http.ResponseWriter, *http.Request) { asked.Store(true) }})
	labs, err := pool(server, func(context.Context, string, string) error { return errors.New("no") }, nil).Labs(t.Context(), worker())
	require.NoError(t, err)
	_, err = labs.Get(t.Context(), "a")
	require.True(t, failure.Is(err, failure.Unavailable))
	require.False(t, asked.Load())
}

func TestWhereAWorkerIsReached(t *testing.T) {
	server := cmlServer(t, nil)
	public, private := pool(server, nil, insecure), pool(server, nil, func(c *Config) { c.Insecure, c.Private = true, true })
	require.Equal(t, "192.0.2.9", public.Address(worker()))
	require.Equal(t, "10.0.0.9", private.Address(worker()))
	require.Equal(t, "10.0.0.9", public.Address(readmodel.Worker{PrivateIP: "10.0.0.9"}))
	require.Equal(t, "192.0.2.9", private.Address(readmodel.Worker{PublicIP: "192.0.2.9"}))
	require.Equal(t, "cml.example", public.Address(readmodel.Worker{HTTPSEndpoint: "https://cml.example:443/"}))
	_, err := public.Labs(t.Context(), readmodel.Worker{ID: "w"})
	require.Equal(t, "worker_no_address", failure.CodeOf(err))

	moved := worker()
	first, err := public.Labs(t.Context(), moved)
	require.NoError(t, err)
	moved.PublicIP = "192.0.2.10"
	second, err := public.Labs(t.Context(), moved)
	require.NoError(t, err)
	require.NotSame(t, first, second, "a machine that was started again has another address")

	fenced := pool(server, nil, func(c *Config) { c.Insecure, c.Networks = true, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")} })
	labs, err := fenced.Labs(t.Context(), worker())
	require.NoError(t, err)
	_, err = labs.Get(t.Context(), "a")
	require.Equal(t, "cml_address_refused", failure.CodeOf(err))
}

func TestFindLooksAtEachLabOnce(t *testing.T) {
	var reads atomic.Int32
	lab := func(title, created string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			reads.Add(1)
			say(`{"lab_title":"`+title+`","state":"DEFINED_ON_CORE","created":"`+created+`"}`)(w, r)
		}
	}
	server := cmlServer(t, map[string]http.HandlerFunc{
		"GET /labs": func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("show_all") != "true" {
				say(`[]`)(w, r)
				return
			}
			say(`["a","b","c","gone"]`)(w, r)
		},
		"GET /labs/a": lab("mine", "2026-01-01T10:00:02Z"), "GET /labs/b": lab("mine", "2026-01-01T10:00:01Z"), "GET /labs/c": lab("other", ""),
		"GET /labs/gone": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) },
	})
	labs := open(t, server)
	for range 2 {
		reads.Store(0)
		found, err := labs.Find(t.Context(), "mine")
		require.NoError(t, err)
		require.Len(t, found, 2)
		require.Equal(t, "b", found[0].ID, "the oldest first")
	}
	require.EqualValues(t, 2, reads.Load(), "only those that bear the title are read again")
}

func TestTheCallsOfALab(t *testing.T) {
	var title, contentType, text string
	server := cmlServer(t, map[string]http.HandlerFunc{
		"POST /import": func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			title, contentType, text = r.URL.Query().Get("title"), r.Header.Get("Content-Type"), string(body)
			say(`{"id":"new","warnings":null}`)(w, r)
		},
		"PUT /labs/a/start": noContent, "PUT /labs/a/stop": noContent, "PUT /labs/a/wipe": noContent, "DELETE /labs/a": noContent,
		"GET /labs/a/check_if_converged": say(`true`),
		"GET /labs/a/nodes": say(`[{"id":"n1","label":"r1","state":"BOOTED","configuration":"hostname r1"},{"id":"n2","label":"x","state":"STOPPED","configuration":null},
			{"id":"n3","label":"y","state":"STARTED","configuration":[{"name":"main","content":"hostname y"}]},{"id":"n4","configuration":{"name":"m","content":"z"}}]`),
		"PUT /labs/a/nodes/n1/extract_configuration": say(`{}`),
		"GET /labs/a/nodes/n1/consoles/0/log":        say(`"boot\r\n"`),
		"GET /labs/a/download":                       say("lab: {}\n"),
		"GET /labs/quoted/download":                  say(`"lab: {}\n"`),
	})
	labs, ctx := open(t, server), t.Context()
	id, err := labs.Import(ctx, "i-1", []byte("lab: {}"))
	require.NoError(t, err)
	require.Equal(t, []string{"new", "i-1", "application/x-yaml", "lab: {}"}, []string{id, title, contentType, text})
	require.NoError(t, errors.Join(labs.Start(ctx, "a"), labs.Stop(ctx, "a"), labs.Wipe(ctx, "a"), labs.Delete(ctx, "a"), labs.Extract(ctx, "a", "n1")))
	require.NoError(t, labs.Delete(ctx, "gone"), "what is not there is deleted")
	up, err := labs.Converged(ctx, "a")
	require.NoError(t, err)
	require.True(t, up)
	nodes, err := labs.Nodes(ctx, "a")
	require.NoError(t, err)
	require.Equal(t, []Configuration{"hostname r1", "", "hostname y", "z"}, []Configuration{nodes[0].Configuration, nodes[1].Configuration, nodes[2].Configuration, nodes[3].Configuration})
	require.True(t, nodes[0].Up())
	require.False(t, nodes[1].Up())
	log, err := labs.ConsoleLog(ctx, "a", "n1")
	require.NoError(t, err)
	require.Equal(t, "boot\r\n", log)
	for _, lab := range []string{"a", "quoted"} {
		text, err := labs.Download(ctx, lab)
		require.NoError(t, err)
		require.Equal(t, "lab: {}\n", string(text))
	}
}

func TestAnImportIsNeverRepeatedByItself(t *testing.T) {
	var imports atomic.Int32
	server := cmlServer(t, map[string]http.HandlerFunc{"POST /import": func(w http.ResponseWriter, _ *http.Request) {
		imports.Add(1)
		w.WriteHeader(http.StatusInternalServerError)
	}})
	_, err := open(t, server).Import(t.Context(), "i-1", []byte("lab: {}"))
	require.True(t, failure.Is(err, failure.Unavailable), "it may have happened")
	require.EqualValues(t, 1, imports.Load())
}

func FuzzConfiguration(f *testing.F) {
	for _, seed := range []string{`"x"`, `null`, `[{"content":"x"}]`, `{"content":"x"}`, `[[`, `{"content":1}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var c Configuration
		require.NoError(t, c.UnmarshalJSON(raw), "an odd configuration must not hide the node")
	})
}
