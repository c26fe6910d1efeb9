package program

import (
	"bytes"
	"context"
	"flag"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/world"
)

func env(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestOnePortPerSimulatorFromTheFirstOn(t *testing.T) {
	o, err := parse(nil, env(), io.Discard)
	require.NoError(t, err)
	got := o.config().Listen
	require.Equal(t, "127.0.0.1:8090", got[world.CML])
	require.Equal(t, "127.0.0.1:8096", got[world.Sink])
	require.Len(t, got, len(world.Names()))
}

func TestCommandLineWinsOverEnvironment(t *testing.T) {
	o, err := parse([]string{"--port", "9000"}, env("LCM_SIM_PORT", "9100", "LCM_SIM_RATE", "60",
		"LCM_SIM_EVENT_SINK", "http://x/", "LCM_SIM_CANDIDATE", "true", "LCM_SIM_LDS_PASSWORD", "pw"), io.Discard)
	require.NoError(t, err)
	cfg := o.config()
	require.Equal(t, "127.0.0.1:9000", cfg.Listen[world.CML])
	require.Equal(t, 60.0, cfg.Rate)
	require.Equal(t, "http://x/", cfg.EventSink.URL)
	require.True(t, cfg.LDS.Timings.CandidateAuto)
	require.Equal(t, "pw", cfg.Credentials.LDSPassword)
}

func TestBadSettings(t *testing.T) {
	for _, c := range []struct {
		args []string
		env  func(string) string
	}{
		{[]string{"--port", "70000"}, env()}, {[]string{"extra"}, env()}, {nil, env("LCM_SIM_RATE", "fast")},
	} {
		_, err := parse(c.args, c.env, io.Discard)
		require.Error(t, err)
	}
}

func TestHelpNamesFlagsAndVariables(t *testing.T) {
	var out bytes.Buffer
	err := Run(t.Context(), []string{"--help"}, env(), io.Discard, &out)
	require.ErrorIs(t, err, flag.ErrHelp)
	require.Contains(t, out.String(), "LCM_SIM_EVENT_SINK]")
	require.Contains(t, out.String(), "LCM_SIM_GRADING_TOKEN")
}

func TestRunAnnouncesServesAndStops(t *testing.T) {
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	reader, writer := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- Run(ctx, []string{"--port", "0", "--data", t.TempDir()}, env("LCM_SIM_LDS_PASSWORD", "canary"), writer, io.Discard)
	}()
	buffer := make([]byte, 4096)
	n, err := reader.Read(buffer)
	require.NoError(t, err)
	require.NotContains(t, string(buffer[:n]), "canary")
	for _, line := range strings.Split(string(buffer[:n]), "\n") {
		if url, found := strings.CutPrefix(line, "sink"); found {
			res, err := http.Get(strings.TrimSpace(url) + "/_sim/events")
			require.NoError(t, err)
			require.NoError(t, res.Body.Close())
			require.Equal(t, 200, res.StatusCode)
		}
	}
	stop()
	require.NoError(t, <-done)
}
