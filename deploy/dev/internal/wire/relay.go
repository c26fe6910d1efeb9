package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// Relay is one way to the API.
type Relay struct {
	// URL is its address.
	URL string
	// Faults are the rules that calls are disturbed by: kept before they reach the API, or after it has done its work.
	Faults *kit.Faults

	server    *http.Server
	transport *http.Transport
}

// Open makes a way for a caller to the API at an address. Calls that it carries are noted in the log.
func (l *Log) Open(caller, target string) (*Relay, error) {
	to, err := url.Parse(target)
	if err != nil {
		return nil, fmt.Errorf("relay: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("relay: %w", err)
	}
	r := &Relay{
		URL: "http://" + listener.Addr().String(), Faults: kit.NewFaults(),
		transport: &http.Transport{MaxIdleConnsPerHost: 32, IdleConnTimeout: time.Minute},
	}
	quiet := log.New(io.Discard, "", 0)
	proxy := &httputil.ReverseProxy{
		Rewrite:   func(p *httputil.ProxyRequest) { p.SetURL(to) },
		Transport: noting{log: l, caller: caller, next: r.transport}, ErrorLog: quiet,
		// A way tells nothing of its own: where there is no answer the caller gets none.
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { kit.Cut() },
	}
	r.server = &http.Server{Handler: r.Faults.Middleware(nil)(proxy), ReadHeaderTimeout: 5 * time.Second, ErrorLog: quiet}
	go func() { _ = r.server.Serve(listener) }() // it ends with Close
	return r, nil
}

// Close lets go of calls that are held and ends all connections.
func (r *Relay) Close() error {
	r.Faults.Clear()
	r.transport.CloseIdleConnections()
	return r.server.Close()
}

// noting notes what passes.
type noting struct {
	log    *Log
	caller string
	next   http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (n noting) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodGet {
		return n.next.RoundTrip(r) //nolint:wrapcheck // the relay adds nothing
	}
	call := Call{Caller: n.caller, Method: r.Method, Path: r.URL.Path, Term: r.Header.Get(api.HeaderTerm), Begun: time.Now()}
	response, err := n.next.RoundTrip(r)
	call.Done = time.Now()
	if err == nil {
		call.Status = response.StatusCode
		call.Code, err = codeOf(response)
	}
	n.log.note(call)
	return response, err
}

const maxProblem = 64 << 10

// codeOf reads a problem's code and leaves the body as it was.
func codeOf(response *http.Response) (string, error) {
	if response.StatusCode < http.StatusBadRequest {
		return "", nil
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxProblem))
	if err != nil {
		return "", fmt.Errorf("read a refusal: %w", err)
	}
	if err := response.Body.Close(); err != nil {
		return "", fmt.Errorf("read a refusal: %w", err)
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	var problem api.Problem
	if json.Unmarshal(body, &problem) != nil {
		return "", nil // no problem document, so it has no code
	}
	return problem.Code, nil
}
