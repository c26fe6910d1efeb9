package bubble

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
)

// direct calls handlers in place of servers. Hosts are looked up by name; what is not listed goes to other.
type direct struct {
	hosts map[string]http.Handler
	other http.Handler
}

// RoundTrip implements http.RoundTripper.
func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		body, err = io.ReadAll(r.Body)
		if err := errors.Join(err, r.Body.Close()); err != nil {
			return nil, fmt.Errorf("read request: %w", err)
		}
	}
	handler := d.hosts[r.URL.Hostname()]
	if handler == nil {
		handler = d.other
	}
	answer := &recorder{header: http.Header{}}
	// A server starts with a context of its own: what the caller's holds, such as the route of a request that it is about to
	// answer itself, must not get there.
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	defer context.AfterFunc(r.Context(), cancel)()
	if err := answer.record(handler, received(ctx, r, body)); err != nil {
		return nil, err
	}
	return answer.response(r), nil
}

// received is a request as a server sees it.
func received(ctx context.Context, r *http.Request, body []byte) *http.Request {
	in := r.Clone(ctx)
	in.Host, in.RequestURI, in.RemoteAddr = cmp.Or(r.Host, r.URL.Host), r.URL.RequestURI(), "192.0.2.1:1024"
	in.URL = &url.URL{Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery}
	in.Body, in.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	if r.Body != nil {
		in.Header.Set("Content-Length", strconv.Itoa(len(body)))
	}
	return in
}

// recorder takes an answer.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (w *recorder) Header() http.Header { return w.header }

// WriteHeader implements http.ResponseWriter.
func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

// Write implements http.ResponseWriter.
func (w *recorder) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(p)
}

// record runs a handler; one that cuts its connection gives an error.
func (w *recorder) record(handler http.Handler, r *http.Request) (err error) {
	defer func() {
		if p := recover(); p != nil {
			if p != http.ErrAbortHandler { //nolint:errorlint // net/http's own sentinel, compared as net/http does
				panic(p) //nolint:forbidigo // not ours to swallow
			}
			err = io.ErrUnexpectedEOF
		}
	}()
	handler.ServeHTTP(w, r)
	return nil
}

func (w *recorder) response(r *http.Request) *http.Response {
	status := cmp.Or(w.status, http.StatusOK)
	return &http.Response{
		Status: fmt.Sprintf("%d %s", status, http.StatusText(status)), StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.header, Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Request: r,
	}
}
