package plane

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/config"

	api "github.com/lablet-cloud-manager/lcm/control-plane-api/service"
	lablets "github.com/lablet-cloud-manager/lcm/lablet-controller/service"
	scheduler "github.com/lablet-cloud-manager/lcm/resource-scheduler/service"
	workers "github.com/lablet-cloud-manager/lcm/worker-controller/service"
)

func TestEveryServiceTakesItsEnvironment(t *testing.T) {
	all, _ := environments(t)
	takes[api.Config](t, all[API])
	takes[scheduler.Config](t, all[Scheduler])
	takes[workers.Config](t, all[Workers])
	takes[lablets.Config](t, all[Lablets])
}

// takes checks that a configuration is good, and that the service knows every variable: one that nobody reads is a typing
// error that would go unnoticed.
func takes[T any](t *testing.T, lines []string) {
	t.Helper()
	_, err := config.Load[T](lines)
	require.NoError(t, err)
	known := map[string]bool{}
	for _, setting := range config.Describe[T]() {
		known[setting.Name] = true
	}
	for name, value := range values(t, lines) {
		require.True(t, known[name], "%T has no variable %s", *new(T), name)
		require.NotEmpty(t, value, name)
	}
}

func TestWhatSpeedsLifeUpArrives(t *testing.T) {
	all, e := environments(t)
	l, err := config.Load[lablets.Config](all[Lablets])
	require.NoError(t, err)
	w, err := config.Load[workers.Config](all[Workers])
	require.NoError(t, err)
	require.Equal(t, e.options.Poll, w.EC2Poll)
	require.Equal(t, e.options.Poll, w.CMLPoll)
	require.Equal(t, e.options.LeaseTTL, w.LeaderLeaseTTL)
	require.Equal(t, e.options.LeaseTTL, l.LeaderLeaseTTL)
	require.Equal(t, "250ms", values(t, all[Lablets])["LAB_POLL_INTERVAL"])
}

func TestBrowsersComeBackToTheAPI(t *testing.T) {
	all, e := environments(t)
	c, err := config.Load[api.Config](all[API])
	require.NoError(t, err)
	require.Equal(t, e.api, c.Web.AppURL)
	require.Equal(t, "lcm-public", c.Web.ClientID, "a client that the simulator knows")
}

func TestEachServiceHasItsOwnSecretsOnly(t *testing.T) {
	all, e := environments(t)
	for _, service := range Services() {
		text := strings.Join(all[service], "\n")
		for _, other := range Services() {
			require.Equal(t, other == service, strings.Contains(text, e.keys.Etcd[other]), "%s and the etcd password of %s", service, other)
			if other != API {
				knows := service == other || service == API
				require.Equal(t, knows, strings.Contains(text, e.keys.API[other]), "%s and the key of %s", service, other)
			}
		}
		require.Equal(t, service == API, strings.Contains(text, e.keys.Secret), "only the API opens what is sealed")
		require.Equal(t, service == API, strings.Contains(text, e.files.database), "only the API opens the store")
		require.NotContains(t, text, e.keys.Etcd["root"])
		require.NotContains(t, text, e.keys.Licenses["enterprise"], "licences are in a file of the API's")
		require.Equal(t, service, values(t, all[service])["ETCD_USERNAME"])
	}
}

func TestSeconds(t *testing.T) {
	require.Equal(t, "0.25s", seconds(250*time.Millisecond))
	require.Equal(t, "90s", seconds(90*time.Second))
}

func TestWhatATestChangesOfAnEnvironment(t *testing.T) {
	_, e := environments(t)
	require.Equal(t, "http://127.0.0.1:9", values(t, e.of(Workers))["CONTROL_PLANE_API_URL"])
	e.via, e.options.Settings = "http://127.0.0.1:10", map[string][]string{Workers: {"EXTRA=1"}}
	require.Equal(t, "http://127.0.0.1:10", values(t, e.of(Workers))["CONTROL_PLANE_API_URL"], "on a way of the test's")
	require.Equal(t, "1", values(t, e.of(Workers))["EXTRA"])
	require.NotContains(t, values(t, e.of(Lablets)), "EXTRA")
	require.Equal(t, "http://127.0.0.1:9", values(t, e.of(API))["APP_URL"], "browsers come the usual way")
}
