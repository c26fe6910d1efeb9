package service_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/config"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/service"
)

func key(letter string) string { return strings.Repeat(letter, 32) }

func environ(changes map[string]string) []string {
	all := map[string]string{
		"DATABASE_URL":               "sqlite:///data/lcm.db",
		"KEYCLOAK_URL":               "https://id.example",
		"RESOURCE_SCHEDULER_API_KEY": key("r"),
		"WORKER_CONTROLLER_API_KEY":  key("w"),
		"LABLET_CONTROLLER_API_KEY":  key("l"),
	}
	for name, value := range changes {
		all[name] = value
	}
	var lines []string
	for name, value := range all {
		lines = append(lines, name+"="+value)
	}
	return lines
}

func TestConfigRefusals(t *testing.T) {
	cases := map[string]struct {
		change map[string]string
		want   string
		reason string
	}{
		"no store":         {map[string]string{"DATABASE_URL": ""}, "DATABASE_URL", "there is no default store"},
		"no key":           {map[string]string{"WORKER_CONTROLLER_API_KEY": ""}, "WORKER_CONTROLLER_API_KEY", "there are no default keys"},
		"short key":        {map[string]string{"WORKER_CONTROLLER_API_KEY": "short"}, "at least 32", "a short key can be guessed"},
		"short second key": {map[string]string{"WORKER_CONTROLLER_API_KEY": key("w") + ",x"}, "at least 32", "also the one that is rotated in"},
		"three keys":       {map[string]string{"WORKER_CONTROLLER_API_KEY": key("a") + "," + key("b") + "," + key("c")}, "at most two", "two are enough to rotate"},
		"shared key":       {map[string]string{"WORKER_CONTROLLER_API_KEY": key("l")}, "another service's", "a key names one service"},
		"nobody's tokens":  {map[string]string{"KEYCLOAK_URL": ""}, "EXPECTED_ISSUER", "people must be known"},
		"short secret key": {map[string]string{"LCM_SECRET_KEY": "short"}, "LCM_SECRET_KEY", "tokens are sealed with it"},
		"worker's ports":   {map[string]string{"PORT_ALLOCATION_MAX": "1999"}, "PORT_ALLOCATION_MIN", "the last comes before the first"},
		"no activity":      {map[string]string{"WORKER_ACTIVITY_EVENTS_MAX_STORED": "0"}, "WORKER_ACTIVITY_EVENTS_MAX_STORED", "nothing would be known of it"},
		"all activity":     {map[string]string{"WORKER_ACTIVITY_EVENTS_MAX_STORED": "101"}, "1 to 100", "workers would grow with it"},
		"no threshold":     {map[string]string{"METRICS_CHANGE_THRESHOLD_PERCENT": "-1"}, "METRICS_CHANGE_THRESHOLD_PERCENT", "nothing moves by less than nothing"},
		"no number":        {map[string]string{"METRICS_CHANGE_THRESHOLD_PERCENT": "NaN"}, "METRICS_CHANGE_THRESHOLD_PERCENT", "no figure could reach it"},
		"port":             {map[string]string{"APP_PORT": "70000"}, "APP_PORT", "no such port"},
		"log level":        {map[string]string{"LOG_LEVEL": "loud"}, "LOG_LEVEL", "no such level"},
		"sink":             {map[string]string{"CLOUD_EVENT_SINK": "ftp://sink"}, "CLOUD_EVENT_SINK", "events go over HTTP"},
		"mode":             {map[string]string{"CLOUD_EVENT_MODE": "batch"}, "CLOUD_EVENT_MODE", "no such mode"},
		"compat":           {map[string]string{"CLOUD_EVENT_COMPAT": "old"}, "CLOUD_EVENT_COMPAT", "no such names"},
		"app address":      {map[string]string{"APP_URL": "https://lcm.example/app"}, "APP_URL", "cookies and the callback need the origin"},
		"any page":         {map[string]string{"CORS_ORIGINS": "*"}, "CORS_ORIGINS", "cookies would go to anyone's page"},
		"page with path":   {map[string]string{"CORS_ORIGINS": "https://a.example/x"}, "CORS_ORIGINS", "an origin has no path"},
		"proxy":            {map[string]string{"TRUSTED_PROXIES": "proxy.example"}, "TRUSTED_PROXIES", "a name can be anyone's"},
		"no session":       {map[string]string{"SESSION_MAX_DURATION_MINUTES": "5"}, "SESSION_MAX", "shorter than its warning"},
		"half a login":     {map[string]string{"ETCD_USERNAME": "api"}, "ETCD_PASSWORD", "a user without password"},
		"webhooks inside":  {map[string]string{"OWNER_WEBHOOK_ALLOW_LOCAL": "true"}, "OWNER_WEBHOOK_ALLOW_LOCAL", "only development lets users call this machine"},
		"no end":           {map[string]string{"REQUEST_TIMEOUT": "0s"}, "REQUEST_TIMEOUT", "slow clients would hold connections"},
		"half a pair":      {map[string]string{"ETCD_CERT_FILE": "/c"}, "ETCD_KEY_FILE", "a certificate without key"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := config.Load[service.Config](environ(c.change))
			require.ErrorContains(t, err, c.want, c.reason)
			require.NotContains(t, err.Error(), key("l"), "an error shows no key")
		})
	}
	_, err := config.Load[service.Config](environ(map[string]string{"WORKER_CONTROLLER_API_KEY": key("a") + ", " + key("b")}))
	require.NoError(t, err, "two keys of one service are live")
}

func TestHelpAndCheck(t *testing.T) {
	var out bytes.Buffer
	_, proceed, err := config.Command[service.Config](service.Name, []string{"--help"}, nil, &out)
	require.NoError(t, err)
	require.False(t, proceed)
	for _, name := range []string{"DATABASE_URL", "APP_PORT", "8020", "CLOUD_EVENT_SINK", "ETCD_ENDPOINTS", "MAX_WORKERS_PER_REGION"} {
		require.Contains(t, out.String(), name)
	}
	_, proceed, err = config.Command[service.Config](service.Name, []string{"--check-config"}, environ(nil), &out)
	require.NoError(t, err)
	require.False(t, proceed)
	_, _, err = config.Command[service.Config](service.Name, []string{"--check-config"}, environ(map[string]string{"DATABASE_URL": ""}), &out)
	require.Error(t, err)
}

func TestRestoredIsTakenOutOfTheArguments(t *testing.T) {
	rest, restored := service.TakeRestored([]string{"--check-config", "--restored"})
	require.True(t, restored)
	require.Equal(t, []string{"--check-config"}, rest)
	_, restored = service.TakeRestored([]string{"--help"})
	require.False(t, restored)
}
