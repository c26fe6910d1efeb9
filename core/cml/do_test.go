package cml

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/secret"
)

func TestManyCallersLogInOnce(t *testing.T) {
	f := newFake(t)
	client := f.client(t, nil)
	var group sync.WaitGroup
	errs := make(chan error, 8)
	for range 8 {
		group.Go(func() {
			_, err := client.Do(t.Context(), http.MethodGet, "/labs", nil, nil, nil)
			errs <- err
		})
	}
	group.Wait()
	for range 8 {
		require.NoError(t, <-errs)
	}
	require.Equal(t, 1, f.logins)
}

func TestExpiredTokenIsRenewedOnceAndTheCallRepeated(t *testing.T) {
	f := newFake(t)
	var bodies []string
	f.answer = func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies = append(bodies, r.Header.Get("Content-Type")+" "+string(body))
	}
	client := f.client(t, nil)
	_, err := client.Do(t.Context(), http.MethodGet, "/labs", nil, nil, nil)
	require.NoError(t, err)
	f.expire()
	_, err = client.Do(t.Context(), http.MethodPost, "/import", nil, Raw{"application/x-yaml", []byte("lab: 1")}, nil)
	require.NoError(t, err)
	require.Equal(t, 2, f.logins)
	require.Equal(t, "application/x-yaml lab: 1", bodies[len(bodies)-1], "the repeat carries the body")

	f.answer = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }
	before := len(f.seen())
	status, err := client.Do(t.Context(), http.MethodGet, "/labs", nil, nil, nil)
	require.Equal(t, http.StatusUnauthorized, status)
	require.Equal(t, CodeCredentials, failure.CodeOf(err))
	require.Len(t, f.seen(), before+3, "call, login, call: it does not spin")
}

func TestWrongPassword(t *testing.T) {
	f := newFake(t)
	client := f.client(t, func(c *Config) { c.Password = secret.New("wr0ng") })
	_, err := client.Do(t.Context(), http.MethodGet, "/labs", nil, nil, nil)
	require.Equal(t, failure.Unauthenticated, failure.KindOf(err))
	require.Equal(t, CodeCredentials, failure.CodeOf(err))
	printed := fmt.Sprintf("%v %+v %v %+v %#v", err, err, client, client, client)
	require.NotContains(t, printed, "wr0ng", "CML repeats the password, we do not")
}

func TestSystemInformationNeedsNoLogin(t *testing.T) {
	f := newFake(t)
	f.answer = func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"version":"2.9.1","ready":true,"new":1}`)
	}
	var information struct {
		Version string `json:"version"`
		Ready   bool   `json:"ready"`
	}
	status, err := f.client(t, nil).Do(t.Context(), http.MethodGet, "/system_information", nil, nil, &information)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "2.9.1", information.Version)
	require.True(t, information.Ready)
	require.Zero(t, f.logins)
}

func TestAnswers(t *testing.T) {
	f := newFake(t)
	client := f.client(t, nil)
	serve := func(status int, body string) {
		f.answer = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status); _, _ = io.WriteString(w, body) }
	}
	var text string
	var raw []byte
	serve(200, `"STARTED"`)
	_, err := client.Do(t.Context(), http.MethodGet, "/labs/x/state", nil, nil, &text)
	require.NoError(t, err)
	require.Equal(t, "STARTED", text, "a bare JSON string")
	serve(200, "lab:\n")
	_, err = client.Do(t.Context(), http.MethodGet, "/labs/x/download", nil, nil, &raw)
	require.NoError(t, err)
	require.Equal(t, "lab:\n", string(raw))
	serve(204, "")
	status, err := client.Do(t.Context(), http.MethodPut, "/labs/x/start", nil, nil, &text)
	require.NoError(t, err)
	require.Equal(t, 204, status)
	serve(202, "")
	status, err = client.Do(t.Context(), http.MethodDelete, "/licensing/deregistration", nil, nil, nil)
	require.NoError(t, err)
	require.Equal(t, 202, status, "202 and 204 mean different things here")
	serve(200, `[`)
	_, err = client.Do(t.Context(), http.MethodGet, "/labs", nil, nil, &text)
	require.Equal(t, CodeMalformed, failure.CodeOf(err))
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	f := newFake(t)
	f.answer = func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/api/v0/elsewhere", http.StatusFound)
	}
	_, err := f.client(t, nil).Do(t.Context(), http.MethodGet, "/labs", nil, nil, nil)
	require.Equal(t, CodeMalformed, failure.CodeOf(err))
	require.NotContains(t, f.seen(), "GET /api/v0/elsewhere", "the token goes nowhere else")
}

func TestFailures(t *testing.T) {
	cases := []struct {
		status int
		body   string
		kind   failure.Kind
		code   string
		says   string
	}{
		{400, `{"code":400,"description":"{\"Input validation failed\":[]}"}`, failure.Invalid, CodeInvalid, "Input validation failed"},
		{403, `{"code":403,"description":"no right"}`, failure.Forbidden, CodeForbidden, "no right"},
		{404, `{"code":404,"description":"Lab not found: x"}`, failure.NotFound, CodeNotFound, "Lab not found: x"},
		{405, ``, failure.Conflict, CodeConflict, "Method Not Allowed"},
		{409, `{"description":["a","b"]}`, failure.Conflict, CodeConflict, `["a","b"]`},
		{429, ``, failure.Throttled, CodeThrottled, "Too Many"},
		{500, `oops`, failure.Unavailable, CodeError, "Internal Server Error"},
		{502, `<html>`, failure.Unavailable, CodeUnavailable, "Bad Gateway"},
		{404, `{"description":"` + testPassword + ` token-b \n x"}`, failure.NotFound, CodeNotFound, "*** ***   x"},
	}
	f := newFake(t)
	client := f.client(t, nil)
	for _, c := range cases {
		f.answer = func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, c.body)
		}
		status, err := client.Do(t.Context(), http.MethodGet, "/labs/x", url.Values{"q": {"hidden-query"}}, nil, nil)
		require.Equal(t, c.status, status)
		require.Equal(t, c.status, Status(err))
		require.Equal(t, c.kind, failure.KindOf(err), c.body)
		require.Equal(t, c.code, failure.CodeOf(err), c.body)
		require.ErrorContains(t, err, c.says)
		require.NotContains(t, err.Error(), testPassword)
		require.NotContains(t, err.Error(), "token-b")
		require.NotContains(t, err.Error(), "hidden-query")
	}
}

func TestSensitiveBodiesAreNotQuotedBack(t *testing.T) {
	f := newFake(t)
	f.answer = func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.WriteHeader(400)
		_, _ = fmt.Fprintf(w, `{"description":%q}`, "bad: "+string(body))
	}
	body := Sensitive{map[string]string{"token": "s3cret"}}
	_, err := f.client(t, nil).Do(t.Context(), http.MethodPost, "/licensing/registration", nil, body, nil)
	require.Equal(t, CodeInvalid, failure.CodeOf(err))
	require.NotContains(t, err.Error(), "s3cret")
}

func TestPostIsNotRepeated(t *testing.T) {
	f := newFake(t)
	f.answer = func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	_, err := f.client(t, nil).Do(t.Context(), http.MethodPost, "/import", nil, Raw{"text/yaml", []byte("x")}, nil)
	require.Equal(t, CodeUnavailable, failure.CodeOf(err))
	require.True(t, failure.Retryable(err))
	require.Equal(t, []string{"POST /api/v0/authenticate", "POST /api/v0/import"}, f.seen())
}

func TestLimits(t *testing.T) {
	f := newFake(t)
	release := make(chan struct{})
	defer close(release)
	client := f.client(t, func(c *Config) { c.MaxAnswer, c.Timeout = 100, 200*time.Millisecond })
	f.answer = func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, strings.Repeat(" ", 101)) }
	_, err := client.Do(t.Context(), http.MethodGet, "/labs", nil, nil, nil)
	require.Equal(t, CodeMalformed, failure.CodeOf(err))
	f.answer = func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}
	_, err = client.Do(t.Context(), http.MethodGet, "/labs", nil, nil, nil)
	require.Equal(t, CodeUnavailable, failure.CodeOf(err), "a stall ends with the client's own timeout")
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestPaths(t *testing.T) {
	require.Equal(t, "/labs/a%2F..%3Fx/state", Path("labs", "a/..?x", "state"))
	f := newFake(t)
	for _, path := range []string{"labs", "/labs?x=1", ""} {
		_, err := f.client(t, nil).Do(t.Context(), http.MethodGet, path, nil, nil, nil)
		require.ErrorContains(t, err, "not an escaped path")
	}
}
