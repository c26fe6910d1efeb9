package cli

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
)

func TestCommands(t *testing.T) {
	for _, c := range []struct {
		reason string
		args   []string
		out    string
		err    string
	}{
		{"no command", nil, "Usage", "no command"},
		{"help", []string{"help"}, "Usage", ""},
		{"a flag for help", []string{"-h"}, "Usage", ""},
		{"help on run", []string{"run", "-h"}, "-candidate", ""},
		{"help on demo", []string{"demo", "--help"}, "-topology", ""},
		{"a command that there is not", []string{"fly"}, "", `"fly"`},
		{"a flag that there is not", []string{"run", "-fast"}, "-fast", "-fast"},
		{"an argument too many", []string{"demo", "now"}, "", `"now"`},
		{"a topology that there is not", []string{"demo", "-topology", "/none.yaml"}, "", "topology"},
		{"killing needs processes", []string{"demo", "-kill", plane.Lablets}, "", "-split"},
		{"a service needs its name", []string{"service"}, "", "service NAME"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			var out bytes.Buffer
			err := Run(t.Context(), c.args, &out)
			require.Contains(t, out.String(), c.out)
			if c.err == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, c.err)
			}
		})
	}
}

func TestParseKill(t *testing.T) {
	for _, c := range []struct {
		text    string
		split   bool
		service string
		times   int
		err     string
	}{
		{"", false, "", 0, ""},
		{"lablet-controller:3", true, plane.Lablets, 3, ""},
		{"control-plane-api", true, plane.API, 1, ""},
		{"lablet-controller:", true, plane.Lablets, 1, ""},
		{"lablet-controller:3", false, "", 0, "-split"},
		{"lablet-controller:0", true, "", 0, "SERVICE:N"},
		{"lablet-controller:-1", true, "", 0, "SERVICE:N"},
		{"lablet-controller:many", true, "", 0, "SERVICE:N"},
		{"mailer:1", true, "", 0, `"mailer"`},
		{":2", true, "", 0, `""`},
	} {
		service, times, err := parseKill(c.text, c.split)
		if c.err != "" {
			require.ErrorContains(t, err, c.err, c.text)
			continue
		}
		require.NoError(t, err, c.text)
		require.Equal(t, c.service, service, c.text)
		require.Equal(t, c.times, times, c.text)
	}
}

func TestOptions(t *testing.T) {
	o, err := (&planeFlags{data: "here", split: true, rate: 7, none: true}).options()
	require.NoError(t, err)
	require.True(t, filepath.IsAbs(o.Dir), "child processes may run elsewhere")
	require.Equal(t, "here", filepath.Base(o.Dir))
	require.True(t, o.Split)
	require.True(t, o.NoEnterprise)
	require.InDelta(t, 7, o.Rate, 0)
	require.FileExists(t, o.Executable)
}

func TestWhatIsAnnounced(t *testing.T) {
	var out bytes.Buffer
	announce(&out, plane.Options{Dir: "/data"}, plane.Endpoints{
		API: "http://api", Sink: "http://sink", Issuer: "http://issuer", OIDC: "http://oidc", S3SecretKey: "canary",
	})
	for _, want := range []string{"/data", "http://api", "http://sink", "http://issuer", "http://oidc/_sim/token"} {
		require.Contains(t, out.String(), want)
	}
	require.NotContains(t, out.String(), "canary")
}

func TestAttach(t *testing.T) {
	_, ok := attach(t.Context(), "")
	require.False(t, ok)
	dir := t.TempDir()
	_, ok = attach(t.Context(), dir)
	require.False(t, ok, "nothing has run here")

	healthy := true
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !healthy || r.URL.Path != "/health" {
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	found := `{"api": "` + server.URL + `"}`
	require.NoError(t, os.WriteFile(filepath.Join(dir, "endpoints.json"), []byte(found), 0o600))
	at, ok := attach(t.Context(), dir)
	require.True(t, ok)
	require.Equal(t, server.URL, at.API)
	healthy = false
	_, ok = attach(t.Context(), dir)
	require.False(t, ok, "something else has the port now")
	server.Close()
	_, ok = attach(t.Context(), dir)
	require.False(t, ok, "it was killed and left its file")
}

func TestTail(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	require.Empty(t, tail(path))
	require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("a", tailBytes)+"end"), 0o600))
	require.Len(t, tail(path), tailBytes)
	require.True(t, strings.HasSuffix(string(tail(path)), "aend"))
}
