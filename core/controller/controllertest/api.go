// Package controllertest holds what the tests of every controller need: an API that issues terms and takes all commands,
// and a test that starts and stops the controller again and again.
package controllertest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// API is a control plane that says yes to everything, a little late.
type API struct {
	URL string

	server *httptest.Server
	// called has room for one: a command came in.
	called chan struct{}

	mu   sync.Mutex
	term int64
}

// lag is how long an answer takes, so that a stop finds calls in flight.
const lag = 15 * time.Millisecond

// NewAPI serves until the end of the test.
func NewAPI(t testing.TB) *API {
	t.Helper()
	a := &API{called: make(chan struct{}, 1)}
	a.server = httptest.NewServer(http.HandlerFunc(a.serve))
	a.URL = a.server.URL
	t.Cleanup(a.server.Close)
	return a
}

// Called tells of commands, health and terms excepted.
func (a *API) Called() <-chan struct{} { return a.called }

func (a *API) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	switch r.URL.Path {
	case "/health":
		_ = json.NewEncoder(w).Encode(map[string]string{"status": "healthy"})
	case api.RouteIssueTerm.Path:
		var body api.IssueTermBody
		_ = json.NewDecoder(r.Body).Decode(&body)
		_ = json.NewEncoder(w).Encode(api.IssuedTerm{Service: body.Service, Term: a.next()})
	default:
		select {
		case a.called <- struct{}{}:
		default:
		}
		select {
		case <-time.After(lag):
		case <-r.Context().Done():
		}
		_ = json.NewEncoder(w).Encode(api.Ack{})
	}
}

func (a *API) next() int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.term++
	return a.term
}
