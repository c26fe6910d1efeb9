package lds

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/flood"
)

// S15: whatever LDS answers, it costs a bounded amount of memory and comes out as a failure with a code.
func TestS15AnswersOfLDSAreBounded(t *testing.T) {
	for reason, c := range map[string]struct {
		answer http.HandlerFunc
		code   string
	}{
		"endless":            {flood.Endless(http.StatusOK, ""), "lds_answer_too_large"},
		"an endless error":   {flood.Endless(http.StatusInternalServerError, ""), "lds_unavailable"},
		"a bomb":             {flood.Bomb(), "lds_answer_too_large"},
		"nested without end": {say(strings.Repeat("[", 500_000)), "lds_bad_answer"},
		"no JSON":            {say("<html>"), "lds_bad_answer"},
		"another shape":      {say(`{"id":["x"],"lab_sessions":7,"url":{}}`), "lds_bad_answer"},
		"sent elsewhere": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "http://169.254.169.254/")
			w.WriteHeader(http.StatusFound)
		}, "lds_redirect"},
	} {
		t.Run(reason, func(t *testing.T) {
			client, _ := server(t, map[string]http.HandlerFunc{"GET " + root + "/s-1/lablet_launch_url": c.answer, "GET /reservations/v3/reporting/lab_session": c.answer})
			took := flood.Allocated(func() {
				_, err := client.LaunchURL(t.Context(), "eu", "s-1")
				require.Equal(t, c.code, failure.CodeOf(err))
				_, err = client.reported(t.Context(), "eu", "i-1")
				require.Equal(t, c.code, failure.CodeOf(err))
			})
			require.Less(t, took, uint64(512<<20), "two gigabytes were offered, and little of them was taken")
		})
	}
}

// S15: what LDS says is looked at before it is handed on.
func TestS15WhatLDSSaysIsLookedAt(t *testing.T) {
	for reason, url := range map[string]string{
		"a script":      "javascript:alert(1)",
		"no host":       "https:///launch",
		"none":          "",
		"a longer one":  "https://lds.example/" + strings.Repeat("a", 5000),
		"another thing": "data:text/html,x",
	} {
		client, _ := server(t, map[string]http.HandlerFunc{"GET " + root + "/s-1/lablet_launch_url": say(fmt.Sprintf(`{"url":%q}`, url))})
		_, err := client.LaunchURL(t.Context(), "eu", "s-1")
		require.Equal(t, "lds_bad_answer", failure.CodeOf(err), reason)
	}
	client, _ := server(t, map[string]http.HandlerFunc{"POST " + root: say(`{"session_id":"` + strings.Repeat("s", 65) + `"}`)})
	_, err := client.Create(t.Context(), "eu", Booking{AuthID: "i-1"})
	require.Equal(t, "lds_bad_answer", failure.CodeOf(err), "an id that the API does not keep")
}

// canned answers every call with the same bytes, without a network.
type canned []byte

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(c)), Request: r}, nil
}

func FuzzAnswers(f *testing.F) {
	for _, seed := range []string{
		`{"id":"s","auth_id":"i-1","state":"SESSION_RUNNING","is_finalized":false,"created":"2026-01-01T00:00:00"}`,
		`{"lab_sessions":[{"id":"a","auth_id":"i-1"},{"id":"a","auth_id":"i-1"},{"auth_id":"i-1"},{"id":"b","auth_id":"i-2"}]}`,
		`{"session_id":"s-1"}`, `{"url":"https://lds.example/launch?token=x"}`, `{"Version":"3"}`, `null`, `[]`, "",
	} {
		f.Add([]byte(seed))
	}
	deployments, err := Parse([]byte("deployments: {eu: {base_url: 'http://lds', frontend_base_url: 'https://lds.example/', username: lcm, password: pass-w0rd}}\ndefault_region: eu\n"))
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, body []byte) {
		client := New(deployments, canned(body))
		told := func(err error) {
			if err != nil {
				require.NotEmpty(t, failure.CodeOf(err))
				require.NotContains(t, err.Error(), "pass-w0rd")
			}
		}
		if url, err := client.LaunchURL(t.Context(), "eu", "s"); err == nil {
			require.Regexp(t, `^https?://`, strings.ToLower(url.Reveal()))
		} else {
			told(err)
		}
		if id, err := client.Create(t.Context(), "eu", Booking{AuthID: "i-1"}); err == nil {
			require.NotEmpty(t, id)
			require.LessOrEqual(t, len(id), maxSessionID)
		} else {
			told(err)
		}
		found, _, err := client.Find(t.Context(), "eu", "i-1")
		told(err)
		seen := map[string]bool{}
		for _, s := range found {
			require.Equal(t, "i-1", s.AuthID, "only what is ours")
			require.False(t, s.Finalized || s.ID == "" || seen[s.ID])
			seen[s.ID] = true
		}
		session, err := client.Get(t.Context(), "eu", "s")
		told(err)
		require.Contains(t, []Phase{Waiting, Running, Paused, Finished}, session.Phase())
	})
}
