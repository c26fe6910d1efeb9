package lds

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// server answers as LDS does, one route a handler, and checks what LDS insists on.
func server(t *testing.T, routes map[string]http.HandlerFunc) (*Client, string) {
	t.Helper()
	mux := http.NewServeMux()
	for pattern, handler := range routes {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if user, password, _ := r.BasicAuth(); user != "lcm" || password != "pass" {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			handler(w, r)
		})
	}
	backend := httptest.NewServer(mux)
	t.Cleanup(backend.Close)
	deployments, err := Parse(fmt.Appendf(nil,
		"deployments: {eu: {base_url: %q, frontend_base_url: https://lds.example/, username: lcm, password: pass}}\ndefault_region: eu\n", backend.URL+"/"))
	require.NoError(t, err)
	return New(deployments, http.DefaultTransport), backend.URL
}

func say(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }
}

const root = "/reservations/v3/lab_session"

func TestCreateSendsWhatLDSRequires(t *testing.T) {
	var got map[string]any
	client, _ := server(t, map[string]http.HandlerFunc{"POST " + root: func(w http.ResponseWriter, r *http.Request) {
		_ = json.NewDecoder(r.Body).Decode(&got)
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"location":"x","session_id":"s-1","message":"Session created"}`)
	}})
	id, err := client.Create(t.Context(), "eu", Booking{AuthID: "i-1", FormQualifiedName: "A B C D E F", Scheduled: time.Unix(0, 0)})
	require.NoError(t, err)
	require.Equal(t, "s-1", id)
	for _, field := range []string{
		"auth_id", "auth_id_type", "candidate_id", "first_name", "last_name", "location", "origin", "rack_group", "rack_number",
		"scheduled_date", "timezone_offset",
	} {
		require.Contains(t, got, field)
	}
	part := got["session_parts"].([]any)[0].(map[string]any)
	require.Equal(t, "minio", part["repository_type"], "without it LDS looks in SVN")
}

func TestACreateThatIsNotAnsweredWithAnIDIsUnclear(t *testing.T) {
	client, _ := server(t, map[string]http.HandlerFunc{"POST " + root: say(`{}`)})
	_, err := client.Create(t.Context(), "eu", Booking{AuthID: "i-1"})
	require.True(t, failure.Is(err, failure.Unavailable))
}

func TestReleaseSendsABody(t *testing.T) {
	client, _ := server(t, map[string]http.HandlerFunc{"POST " + root + "/s-1/release": func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if string(body) != "{}" {
			w.WriteHeader(http.StatusUnsupportedMediaType)
		}
	}})
	require.NoError(t, client.Release(t.Context(), "eu", "s-1"))
}

func TestPhases(t *testing.T) {
	cases := []struct {
		session Session
		want    Phase
	}{
		{Session{State: "SESSION_PENDING"}, Waiting},
		{Session{State: "SESSION_PRELAUNCH"}, Waiting},
		{Session{State: "SESSION_RUNNING"}, Running},
		{Session{State: "RUNNING"}, Running},
		{Session{State: "SESSION_PAUSED"}, Paused},
		{Session{State: "SESSION_USER_FINISHED"}, Finished},
		{Session{State: "SESSION_RUNNING", Finalized: true}, Finished},
		{Session{State: "SESSION_SOMETHING_NEW"}, Waiting},
		{Session{}, Waiting},
	}
	for _, c := range cases {
		require.Equal(t, c.want, c.session.Phase(), c.session)
	}
}

func TestFindReadsTheReport(t *testing.T) {
	client, _ := server(t, map[string]http.HandlerFunc{"GET /reservations/v3/reporting/lab_session": say(`{"lab_sessions":[
		{"id":"c","auth_id":"i-1","created":"2026-01-01T10:00:02Z"},{"id":"a","auth_id":"i-1","created":"2026-01-01T10:00:01Z"},
		{"id":"b","auth_id":"i-1","is_finalized":true},{"id":"d","auth_id":"i-2"}]}`)})
	found, sure, err := client.Find(t.Context(), "eu", "i-1")
	require.NoError(t, err)
	require.True(t, sure)
	require.Len(t, found, 2, "finalized ones and others' are left out")
	require.Equal(t, "a", found[0].ID, "the oldest first")
}

func TestFindFallsBackToTheNewestSessions(t *testing.T) {
	client, _ := server(t, map[string]http.HandlerFunc{
		"GET /reservations/v3/reporting/lab_session": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) },
		"GET " + root: func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("state") == "SESSION_PENDING" {
				_, _ = io.WriteString(w, `{"latest_session_id":"s-9","state":"SESSION_PENDING"}`)
				return
			}
			w.WriteHeader(http.StatusNotFound)
		},
		"GET " + root + "/s-9": say(`{"id":"s-9","auth_id":"i-1","state":"SESSION_PENDING"}`),
	})
	found, sure, err := client.Find(t.Context(), "eu", "i-1")
	require.NoError(t, err)
	require.False(t, sure, "others may be behind the newest")
	require.Len(t, found, 1)
}

func TestFindDoesNotTakeAnOutageForAnAnswer(t *testing.T) {
	client, _ := server(t, map[string]http.HandlerFunc{
		"GET /reservations/v3/reporting/lab_session": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) },
	})
	_, _, err := client.Find(t.Context(), "eu", "i-1")
	require.True(t, failure.Is(err, failure.Unavailable))
}

func TestLaunchURLsPointToTheFrontend(t *testing.T) {
	launch := ""
	client, base := server(t, map[string]http.HandlerFunc{"GET " + root + "/s-1/lablet_launch_url": func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]string{"url": launch})
	}})
	cases := []struct{ reason, launch, want string }{
		{"the inner address is replaced", base + "/enter?jwt=t", "https://lds.example/enter?jwt=t"},
		{"another one stays", "https://other.example/enter?jwt=t", "https://other.example/enter?jwt=t"},
		{"one that only begins alike stays", base + "0/enter", base + "0/enter"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			launch = c.launch
			url, err := client.LaunchURL(t.Context(), "eu", "s-1")
			require.NoError(t, err)
			require.Equal(t, c.want, url.Reveal())
			require.NotContains(t, fmt.Sprint(url), "jwt")
		})
	}
	launch = "javascript:alert(1)"
	_, err := client.LaunchURL(t.Context(), "eu", "s-1")
	require.Error(t, err)
}

func TestDevicesAndFolders(t *testing.T) {
	var devices []Device
	path := ""
	client, _ := server(t, map[string]http.HandlerFunc{
		"PUT " + root + "/s-1/part/1/devices":            func(_ http.ResponseWriter, r *http.Request) { _ = json.NewDecoder(r.Body).Decode(&devices) },
		"PUT " + root + "/s-1/force_user_finished":       say(`{"result":"ok"}`),
		"PUT /reservations/v3/lab_folder/minio/{folder}": func(w http.ResponseWriter, r *http.Request) { path = r.URL.EscapedPath(); say(`{"Version":"7"}`)(w, r) },
	})
	sent := []Device{{Label: "r 1", Protocol: "serial", Host: "192.0.2.1", Port: 2000}}
	require.NoError(t, client.SetDevices(t.Context(), "eu", "s-1", sent))
	require.Equal(t, sent, devices)
	require.NoError(t, client.Finish(t.Context(), "eu", "s-1"))
	version, err := client.SyncFolder(t.Context(), "eu", "Exam CCIE v1 1.1")
	require.NoError(t, err)
	require.Equal(t, "7", version)
	require.Contains(t, path, "Exam%20CCIE%20v1%201.1", "spaces are escaped as path segments are")
}

func TestDeployments(t *testing.T) {
	text := "deployments:\n  eu: {base_url: 'http://a:1/', password: x}\n  us: {base_url: 'http://b:1', timeout_seconds: 5}\ndefault_region: us\n"
	path := filepath.Join(t.TempDir(), "lds.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	d, err := Load(path)
	require.NoError(t, err)
	name, ok := d.For("eu")
	require.True(t, ok)
	require.Equal(t, "eu", name)
	name, ok = d.For("ap")
	require.True(t, ok, "the default region serves all others")
	require.Equal(t, "us", name)
	require.Equal(t, 5*time.Second, d.byRegion["us"].Timeout)

	none, err := Load("")
	require.NoError(t, err)
	_, ok = none.For("eu")
	require.False(t, ok)

	for _, bad := range []string{"deployments: [", "deployments: {eu: {base_url: 'ftp://a'}}", "deployments: {}\ndefault_region: eu", "deployments: {eu: {base_url: 'http://u:secret@a'}}"} {
		_, err := Parse([]byte(bad))
		require.Error(t, err, bad)
		require.NotContains(t, err.Error(), "secret")
	}
}

func FuzzParseDeployments(f *testing.F) {
	f.Add([]byte("deployments: {eu: {base_url: 'http://a:1'}}\ndefault_region: eu\n"))
	f.Add([]byte("deployments: &a [*a]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := Parse(text)
		if err != nil {
			return
		}
		for _, name := range d.Names() {
			require.NotEmpty(t, d.byRegion[name].BaseURL)
		}
	})
}
