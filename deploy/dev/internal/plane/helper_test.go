package plane

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/world"
)

func fast(t *testing.T) Options {
	t.Helper()
	return Fast(t.TempDir(), slog.New(slog.DiscardHandler))
}

// outside is where a world would be, and what it would ask for.
func outside() (world.Addresses, world.Credentials) {
	return world.Addresses{
			CML: "127.0.0.1:1", EC2: "http://127.0.0.1:2", LDS: "http://127.0.0.1:3", Grading: "http://127.0.0.1:4", S3: "http://127.0.0.1:5",
			OIDC: "http://127.0.0.1:6", Sink: "http://127.0.0.1:7", Issuer: "http://127.0.0.1:6/realms/lcm",
		}, world.Credentials{
			CMLUsername: "admin", CMLPassword: "cml-secret", LDSUsername: "lcm", LDSPassword: "lds-secret", GradingClientID: "lcm",
			GradingClientSecret: "grading-secret", S3AccessKey: "lcm", S3SecretKey: "s3-secret",
		}
}

// environments gives what each service is configured with.
func environments(t *testing.T) (all map[string][]string, e environment) {
	t.Helper()
	o := fast(t)
	k, err := loadKeys(o.Dir)
	require.NoError(t, err)
	addresses, credentials := outside()
	f, err := writeFiles(o, k, addresses, credentials)
	require.NoError(t, err)
	e = environment{
		options: o, keys: k, files: f, etcd: "http://127.0.0.1:8", api: "http://127.0.0.1:9", world: addresses, credentials: credentials,
		sinkURL: addresses.Sink + "/events/pub",
	}
	all = map[string][]string{}
	for _, service := range Services() {
		all[service] = e.of(service)
	}
	return all, e
}

// values makes a map of an environment.
func values(t *testing.T, lines []string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, line := range lines {
		name, value, ok := strings.Cut(line, "=")
		require.True(t, ok, line)
		all[name] = value
	}
	return all
}
