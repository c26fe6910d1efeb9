package service

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/config"
)

func load(lines ...string) (Config, error) {
	return config.Load[Config](append([]string{"CONTROL_PLANE_API_KEY=0123456789abcdef0123456789abcdef", "CML_WORKER_API_PASSWORD=pw"}, lines...))
}

func TestTheDefaultsAreGood(t *testing.T) {
	c, err := load()
	require.NoError(t, err)
	require.Equal(t, 8082, c.Port)
	require.True(t, c.CML.VerifySSL)
	require.Equal(t, 5*time.Minute, c.Timing.LabStart)
	require.False(t, c.S3.configured(), "there is no default storage")
	priority, err := c.LDS.priority()
	require.NoError(t, err)
	require.Equal(t, "vnc", priority[0])
}

func TestTheNamesOfThePythonSystemHold(t *testing.T) {
	c, err := load(
		"LAB_START_TIMEOUT=90", "CML_WORKER_NETWORKS=10.0.0.0/8,192.168.0.0/16", `LDS_PROTOCOL_PRIORITY=["ssh","vnc"]`, "S3_ENDPOINT=localhost:9000",
		"S3_ACCESS_KEY=k", "S3_SECRET_KEY=s", "USE_PRIVATE_IP_FOR_MONITORING=true",
	)
	require.NoError(t, err)
	require.Equal(t, 90*time.Second, c.Timing.LabStart)
	networks, err := c.CML.networks()
	require.NoError(t, err)
	require.Len(t, networks, 2)
	priority, err := c.LDS.priority()
	require.NoError(t, err)
	require.Equal(t, []string{"ssh", "vnc"}, priority)
	require.True(t, c.S3.configured())
	require.True(t, c.CML.UsePrivate)
}

func TestWhatCannotWorkIsRefusedAtOnce(t *testing.T) {
	cases := []struct{ reason, line, names string }{
		{"a network that is none", "CML_WORKER_NETWORKS=10.0.0.0", "CML_WORKER_NETWORKS"},
		{"a list that is none", "LDS_PROTOCOL_PRIORITY=[1", "LDS_PROTOCOL_PRIORITY"},
		{"no time at all", "LAB_POLL_INTERVAL=0", "LAB_POLL_INTERVAL"},
		{"an engine without credentials", "GRADING_ENGINE_BASE_URL=http://g", "GRADING_ENGINE_TOKEN_URL"},
		{"half a key", "S3_ACCESS_KEY=k", "S3_SECRET_KEY"},
		{"packages of no size", "CONTENT_MAX_PACKAGE_MB=0", "CONTENT_MAX_PACKAGE_MB"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			_, err := load(c.line)
			require.ErrorContains(t, err, c.names)
		})
	}
}
