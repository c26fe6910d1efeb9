package grading

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/flood"
	"github.com/lablet-cloud-manager/lcm/core/secret"
)

// S15: whatever the engine answers, it costs a bounded amount of memory and comes out as a failure with a code.
func TestS15AnswersOfTheEngineAreBounded(t *testing.T) {
	say := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }
	}
	for reason, c := range map[string]struct {
		answer http.HandlerFunc
		code   string
	}{
		"endless":            {flood.Endless(http.StatusOK, ""), "grading_answer_too_large"},
		"an endless error":   {flood.Endless(http.StatusInternalServerError, ""), "grading_unavailable"},
		"a bomb":             {flood.Bomb(), "grading_answer_too_large"},
		"nested without end": {say(strings.Repeat("[", 500_000)), "grading_bad_answer"},
		"no JSON":            {say("<html>"), "grading_bad_answer"},
		"another shape":      {say(`{"id":["x"],"parts":"none"}`), "grading_bad_answer"},
		"half a point":       {say(`{"parts":[{"scoreReport":{"score":1.5}}]}`), "grading_bad_answer"},
		"sent elsewhere": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "http://169.254.169.254/")
			w.WriteHeader(http.StatusFound)
		}, "grading_redirect"},
	} {
		t.Run(reason, func(t *testing.T) {
			client, _ := engine(t, map[string]http.HandlerFunc{"GET /api/v1/sessions/i-1": c.answer})
			var err error
			took := flood.Allocated(func() { _, err = client.Get(t.Context(), "i-1") })
			require.Equal(t, c.code, failure.CodeOf(err))
			require.Less(t, took, uint64(256<<20), "a gigabyte was offered, and little of it was taken")
		})
	}
}

// S15: the token issuer's answer is bounded as well, and believed only within limits.
func TestS15AnswersOfTheTokenIssuerAreBounded(t *testing.T) {
	var answer http.HandlerFunc
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answer(w, r) }))
	t.Cleanup(issuer.Close)
	fetch := func(a http.HandlerFunc) (secret.String, time.Duration, error) {
		answer = a
		return newTokens(Config{TokenURL: issuer.URL, ClientID: "lcm", ClientSecret: secret.New("s")}, http.DefaultTransport).fetch(t.Context())
	}
	_, _, err := fetch(flood.Endless(http.StatusOK, ""))
	require.Equal(t, "grading_token", failure.CodeOf(err))
	_, _, err = fetch(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	require.Equal(t, "grading_token", failure.CodeOf(err))
	for _, life := range []string{"1e300", "-1e300", "0", "9223372036854775807", "3600"} {
		_, kept, err := fetch(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"access_token":"t","expires_in":`+life+`}`)
		})
		require.NoError(t, err)
		require.True(t, kept >= time.Second && kept <= maxTokenLife, "%s: %s", life, kept)
	}
}

// canned answers every call with the same bytes, without a network.
type canned []byte

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(c)), Request: r}, nil
}

func FuzzSession(f *testing.F) {
	for _, seed := range []string{
		`{"id":"i-1","parts":[{"id":"p","status":"GRADED","scoreReport":{"createdAt":"2026-01-01T00:00:00Z","score":8,"maxScore":10,"sections":[{"id":"s","items":[{"id":"i","evaluationResults":[{"issue":{"type":"m","description":"no"}},{"issue":null}]}]}]}}]}`,
		`{"parts":[{"id":"p","status":"faulted"}]}`, `{"parts":null}`, `null`, `[]`, "", `{"scoring":{"cutScore":7}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		client := New(Config{BaseURL: "http://engine", TokenURL: "http://issuer"}, canned(body))
		client.calls.Authorize = nil
		session, err := client.Get(t.Context(), "i-1")
		if err != nil {
			require.NotEmpty(t, failure.CodeOf(err))
			return
		}
		for _, part := range session.Parts {
			found, ok := session.Part(part.ID)
			require.True(t, ok)
			require.Equal(t, part.ID, found.ID)
			phase := part.Phase()
			require.Contains(t, []Phase{Idle, Working, Graded, Faulted}, phase)
			if phase == Graded {
				require.NotNil(t, part.Report, "what is graded has a report")
				require.False(t, part.Report.GradedAt(time.Unix(1, 0)).IsZero())
			}
			if part.Report == nil {
				continue
			}
			for _, section := range part.Report.Sections {
				for _, item := range section.Items {
					require.LessOrEqual(t, len(item.Issues()), 2*len(body)+len(item.Results)+8, "no more than was said")
				}
			}
		}
	})
}

func FuzzToken(f *testing.F) {
	for _, seed := range []string{`{"access_token":"t","expires_in":300}`, `{"access_token":""}`, `{"access_token":"t","expires_in":1e308}`, `null`, `{`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		token, life, err := newTokens(Config{TokenURL: "http://issuer"}, canned(body)).fetch(t.Context())
		if err != nil {
			require.Equal(t, "grading_token", failure.CodeOf(err))
			return
		}
		require.False(t, token.IsZero())
		require.True(t, life >= time.Second && life <= maxTokenLife, life)
	})
}
