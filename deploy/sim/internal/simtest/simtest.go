// Package simtest calls simulators in tests without a listener.
package simtest

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Client calls a handler with fixed headers.
type Client struct {
	T       testing.TB
	Handler http.Handler
	Header  http.Header
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Do sends a body as it is; kind "" sends no Content-Type.
func (c Client) Do(method, path, kind, body string, header ...string) Answer {
	c.T.Helper()
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	for name, values := range c.Header {
		req.Header[name] = values
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	c.Handler.ServeHTTP(w, req)
	return Answer{Status: w.Code, Header: w.Header(), Body: w.Body.String()}
}

// JSON sends a value as JSON, nil as an empty body without Content-Type.
func (c Client) JSON(method, path string, body any) Answer {
	c.T.Helper()
	if body == nil {
		return c.Do(method, path, "", "")
	}
	raw, err := json.Marshal(body)
	require.NoError(c.T, err)
	return c.Do(method, path, "application/json", string(raw))
}

// Must is JSON with the status that is expected; it returns the decoded body.
func (c Client) Must(status int, method, path string, body any) map[string]any {
	c.T.Helper()
	answer := c.JSON(method, path, body)
	require.Equal(c.T, status, answer.Status, "%s %s: %s", method, path, answer.Body)
	if answer.Body == "" {
		return nil
	}
	var out map[string]any
	require.NoError(c.T, json.Unmarshal([]byte(answer.Body), &out), answer.Body)
	return out
}

// Transport carries requests to a handler in place of the network.
func Transport(h http.Handler) http.RoundTripper { return transport{h} }

type transport struct{ handler http.Handler }

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	t.handler.ServeHTTP(w, r)
	res := w.Result()
	res.Request = r
	return res, nil
}

// Objects is object storage made of a map from "bucket/key" to bytes.
type Objects map[string][]byte

// Get returns the object or an error.
func (o Objects) Get(_ context.Context, bucket, key string) ([]byte, error) {
	raw, found := o[bucket+"/"+key]
	if !found {
		return nil, fmt.Errorf("no object %s in bucket %s", key, bucket)
	}
	return raw, nil
}

// Zip packs files given as name, content, name, content, ...
func Zip(t testing.TB, files ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i := 0; i+1 < len(files); i += 2 {
		w, err := z.Create(files[i])
		require.NoError(t, err)
		_, err = w.Write([]byte(files[i+1]))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return out.Bytes()
}
