package service

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/config"
	"github.com/lablet-cloud-manager/lcm/core/controller"
	"github.com/lablet-cloud-manager/lcm/core/etcdkv/memkv"
)

func environ(more ...string) []string {
	return append([]string{"CONTROL_PLANE_API_KEY=" + strings.Repeat("k", 32), "CML_WORKER_API_PASSWORD=pw"}, more...)
}

func TestConfig(t *testing.T) {
	c, err := config.Load[Config](environ("PROVISIONING_TIMEOUT_SECONDS=600", "CML_WORKER_NETWORKS=10.0.0.0/8,198.51.100.0/24"))
	require.NoError(t, err)
	require.Equal(t, 8083, c.Port)
	require.Equal(t, 10*time.Minute, c.BootTimeout, "a bare number is seconds")
	require.Len(t, c.CMLNetworks, 2)
	require.True(t, c.CMLVerifyTLS, "certificates are checked unless someone says otherwise")
	require.Equal(t, time.Minute, c.CMLCheck)
}

func TestConfigTellsAllProblems(t *testing.T) {
	regions := filepath.Join(t.TempDir(), "regions.yaml")
	require.NoError(t, os.WriteFile(regions, []byte("regions: {a: {subnet_id: nowhere}}"), 0o600))
	_, err := config.Load[Config](environ(
		"EC2_POLL_INTERVAL=0", "AWS_ACCESS_KEY_ID=a", "CML_CONNECT_TO=host", "AWS_REGIONS_CONFIG_PATH="+regions, "CML_CA_BUNDLE="+regions+".missing",
	))
	for _, name := range []string{"EC2_POLL_INTERVAL", "AWS_SECRET_ACCESS_KEY", "CML_CONNECT_TO", "AWS_REGIONS_CONFIG_PATH", "CML_CA_BUNDLE"} {
		require.ErrorContains(t, err, name)
	}
	_, err = config.Load[Config]([]string{"CONTROL_PLANE_API_KEY=k"})
	require.ErrorContains(t, err, "CML_WORKER_API_PASSWORD", "there is no default password")
	_, err = config.Load[Config](environ("CML_WORKER_NETWORKS=everywhere"))
	require.ErrorContains(t, err, "CML_WORKER_NETWORKS")
}

func TestRunServesUntilItsContextEnds(t *testing.T) {
	t.Setenv("AWS_CONFIG_FILE", "/dev/null")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
	c, err := config.Load[Config](environ("AWS_ACCESS_KEY_ID=a", "AWS_SECRET_ACCESS_KEY=b", "CONTROL_PLANE_API_URL=http://127.0.0.1:1"))
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		ended <- Run(ctx, c, controller.Deps{Etcd: memkv.New(), Listener: listener, Log: slog.New(slog.DiscardHandler)})
	}()
	require.Eventually(t, func() bool {
		response, err := http.Get("http://" + listener.Addr().String() + "/admin/stats")
		if err != nil {
			return false
		}
		defer func() { _ = response.Body.Close() }()
		var queues []map[string]any
		return json.NewDecoder(response.Body).Decode(&queues) == nil && len(queues) == 1
	}, 10*time.Second, 20*time.Millisecond)
	cancel()
	select {
	case err := <-ended:
		require.NoError(t, err)
	case <-time.After(15 * time.Second):
		t.Fatal("it does not stop")
	}
}
