package grading

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/secret"
)

const form = "Exam Associate CCNA v1.1 LAB 1.3a"

// engine answers as the grading engine does, behind a bearer token of its own issuer.
func engine(t *testing.T, routes map[string]http.HandlerFunc) (*Client, *atomic.Int32) {
	t.Helper()
	var logins atomic.Int32
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		id, key, _ := r.BasicAuth()
		if id != "lcm" || key != "secret" || r.PostFormValue("grant_type") != "client_credentials" || r.PostFormValue("scope") != "api" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		logins.Add(1)
		_, _ = io.WriteString(w, `{"access_token":"tok-1","expires_in":300}`)
	})
	for pattern, handler := range routes {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "Bearer tok-1" {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			handler(w, r)
		})
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return New(Config{BaseURL: server.URL + "/", TokenURL: server.URL + "/token", ClientID: "lcm", ClientSecret: secret.New("secret"), Scopes: "api"}, http.DefaultTransport), &logins
}

func TestASessionIsMadeAsTheEngineWantsIt(t *testing.T) {
	var got map[string]any
	client, logins := engine(t, map[string]http.HandlerFunc{"POST /api/v1/sessions": func(_ http.ResponseWriter, r *http.Request) {
		_ = json.NewDecoder(r.Body).Decode(&got)
	}})
	pod := Pod{ID: "i-1", Devices: []Device{{Label: "r1", Hostname: "r1", Collector: "lcm", Interfaces: []Interface{
		{Name: "console-r1", Protocol: "telnet", Host: "192.0.2.1", Port: 2000, Authentication: Authentication{Scheme: "none"}},
	}}}}
	for range 3 {
		require.NoError(t, client.Create(t.Context(), NewSession{ID: "i-1", CandidateID: "cand", LDSSessionID: "s-1", PartID: form, Pod: pod}))
	}
	require.EqualValues(t, 1, logins.Load(), "a token is kept")
	require.Equal(t, "i-1", got["id"])
	require.Equal(t, map[string]any{"id": "s-1", "environment": nil}, got["lds"], "both are required")
	part := got["parts"].([]any)[0].(map[string]any)
	require.Equal(t, form, part["id"])
	link := part["pod"].(map[string]any)["devices"].([]any)[0].(map[string]any)["interfaces"].([]any)[0].(map[string]any)
	require.Equal(t, map[string]any{"scheme": "none"}, link["authentication"])
}

func TestPartsArePathSegments(t *testing.T) {
	var paths []string
	note := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			paths = append(paths, r.URL.EscapedPath())
			w.WriteHeader(status)
		}
	}
	client, _ := engine(t, map[string]http.HandlerFunc{
		"POST /api/v1/sessions/i-1/parts/{part}/grade": note(http.StatusAccepted),
		"DELETE /api/v1/sessions/i-1/parts/{part}":     note(http.StatusNotFound),
	})
	require.NoError(t, client.Grade(t.Context(), "i-1", form))
	require.NoError(t, client.RemovePart(t.Context(), "i-1", form), "what is not there is removed")
	for _, path := range paths {
		require.Contains(t, path, "Exam%20Associate")
	}
}

func TestPhases(t *testing.T) {
	cases := []struct {
		reason string
		part   Part
		want   Phase
	}{
		{"nothing has been asked", Part{Status: "PENDING"}, Idle},
		{"it does not say", Part{}, Idle},
		{"it collects", Part{Status: "COLLECTING"}, Working},
		{"it grades again", Part{Status: "GRADING", Report: &Report{}}, Working},
		{"done", Part{Status: "GRADED", Report: &Report{}}, Graded},
		{"handed in", Part{Status: "SUBMITTED", Report: &Report{}}, Graded},
		{"a person looks", Part{Status: "REVIEWING", Report: &Report{}}, Graded},
		{"done, it says, without a score", Part{Status: "GRADED"}, Working},
		{"failed", Part{Status: "faulted"}, Faulted},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) { require.Equal(t, c.want, c.part.Phase()) })
	}
}

func TestAScoreIsRead(t *testing.T) {
	client, _ := engine(t, map[string]http.HandlerFunc{
		"GET /api/v1/sessions/i-1": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprintf(w, `{"id":"i-1","parts":[{"id":%q,"status":"GRADED","statusReason":null,"scoreReport":{"createdAt":"2026-01-01T00:00:00Z",
				"gradingRulesetVersion":null,"score":8,"maxScore":10,"sections":[{"id":"s1","score":8,"maxScore":10,"items":[
				{"id":"i1","score":8,"maxScore":10,"evaluationResults":[{"ruleIndex":0,"issue":{"type":"m","description":"not found"}},{"issue":null}]}]}]}}]}`, form)
		},
		"GET /api/v1/sessions/parts/{part}/ruleset/grading/rules": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"scoring":{"cutScore":7}}`)
		},
		"POST /api/v1/sessions/parts/ruleset/grading/synchronize": func(w http.ResponseWriter, r *http.Request) {
			var got map[string]string
			_ = json.NewDecoder(r.Body).Decode(&got)
			if got["partId"] != form {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			w.WriteHeader(http.StatusNoContent)
		},
	})
	session, err := client.Get(t.Context(), "i-1")
	require.NoError(t, err)
	part, ok := session.Part(form)
	require.True(t, ok)
	require.Equal(t, Graded, part.Phase())
	require.Equal(t, "not found", part.Report.Sections[0].Items[0].Issues())
	cut, known, err := client.CutScore(t.Context(), form)
	require.NoError(t, err)
	require.True(t, known)
	require.Equal(t, 7, cut)
	require.NoError(t, client.Synchronize(t.Context(), form))
	_, ok = session.Part("another")
	require.False(t, ok)
}

func TestWithoutATokenNothingIsAsked(t *testing.T) {
	asked := false
	client, _ := engine(t, map[string]http.HandlerFunc{"GET /api/v1/sessions/i-1": func(http.ResponseWriter, *http.Request) { asked = true }})
	bad := New(Config{BaseURL: client.calls.Base, TokenURL: client.calls.Base[:len(client.calls.Base)-len("/api/v1")] + "/token", ClientID: "lcm", ClientSecret: secret.New("wrong-one")}, http.DefaultTransport)
	_, err := bad.Get(t.Context(), "i-1")
	require.True(t, failure.Is(err, failure.Forbidden))
	require.NotContains(t, err.Error(), "wrong-one")
	require.False(t, asked)
}
