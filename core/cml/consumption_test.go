package cml

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/flood"
	"github.com/lablet-cloud-manager/lcm/core/secret"
)

// S15: whatever CML answers, it costs a bounded amount of memory and time and comes out as an error with a code.
func TestS15AnswersOfCMLAreBounded(t *testing.T) {
	const limit = 1 << 20
	for reason, c := range map[string]struct {
		answer http.HandlerFunc
		code   string
	}{
		"endless":            {flood.Endless(http.StatusOK, ""), CodeMalformed},
		"an endless error":   {flood.Endless(http.StatusInternalServerError, ""), CodeMalformed},
		"a bomb":             {flood.Bomb(), CodeMalformed},
		"nested without end": {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, strings.Repeat("[", 500_000)) }, CodeMalformed},
		"no JSON":            {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }, CodeMalformed},
		"another shape":      {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"id":["x"]}`) }, CodeMalformed},
		"a number beyond all": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"count":1e999}`)
		}, CodeMalformed},
		"a header without end": {func(w http.ResponseWriter, _ *http.Request) {
			for range 64 {
				w.Header().Add("X-Long", strings.Repeat("h", 1<<18))
			}
		}, CodeUnavailable},
		"drop by drop": {func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				_, _ = io.WriteString(w, " ")
				w.(http.Flusher).Flush()
				select {
				case <-time.After(20 * time.Millisecond):
				case <-r.Context().Done():
				}
			}
		}, CodeUnavailable},
	} {
		t.Run(reason, func(t *testing.T) {
			f := newFake(t)
			client := f.client(t, func(c *Config) { c.MaxAnswer, c.Timeout = limit, 5*time.Second })
			_, err := client.Do(t.Context(), http.MethodGet, "/labs", nil, nil, nil)
			require.NoError(t, err)
			f.answer = c.answer
			var into struct {
				ID    string
				Count float64
			}
			took := flood.Allocated(func() { _, err = client.Do(t.Context(), http.MethodGet, "/labs", nil, nil, &into) })
			require.Equal(t, c.code, failure.CodeOf(err), "%v", err)
			require.Less(t, took, uint64(128<<20), "a gigabyte was offered, and little of it was taken")
		})
	}
}

// canned answers every call with the same bytes, without a network.
type canned struct {
	status int
	body   []byte
}

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	status, body := c.status, c.body
	if strings.HasSuffix(r.URL.Path, "/authenticate") {
		status, body = http.StatusOK, []byte(`"token-of-the-user"`)
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), Request: r}, nil
}

// FuzzAnswer reads any answer of any status.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{`{"id":"x"}`, `["a"]`, `null`, `{"code":404,"description":"no lab"}`, `{"description":{"a":[1]}}`, "", "<html>", `"token-of-the-user"`} {
		f.Add(200, []byte(seed))
		f.Add(404, []byte(seed))
		f.Add(503, []byte(seed))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		if status < 100 || status > 999 {
			return
		}
		client, err := New(Config{
			BaseURL: "https://cml.example", Username: "admin", Password: secret.New(testPassword), MaxAnswer: 4 << 10,
			Wrap: func(http.RoundTripper) http.RoundTripper { return canned{status, body} },
		})
		require.NoError(t, err)
		var into struct {
			ID string `json:"id"`
		}
		got, err := client.Do(t.Context(), http.MethodGet, "/labs", nil, nil, &into)
		if err == nil {
			require.True(t, got >= 200 && got < 300)
			require.True(t, len(body) == 0 || json.Valid(body), "what is taken is JSON")
			require.LessOrEqual(t, len(body), 4<<10)
			return
		}
		require.NotEmpty(t, failure.CodeOf(err))
		require.Less(t, len(err.Error()), 2<<10, "an error repeats little of an answer")
		require.NotContains(t, err.Error(), testPassword)
	})
}
