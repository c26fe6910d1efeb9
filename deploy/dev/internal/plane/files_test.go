package plane

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

func read(t *testing.T, path string, into any) {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(content, into))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), path)
}

func TestFilesOfThePlane(t *testing.T) {
	for _, none := range []bool{false, true} {
		o := fast(t)
		o.NoEnterprise = none
		addresses, credentials := outside()
		k := newKeys()
		var f files
		for range 2 { // a second start finds them there
			var err error
			f, err = writeFiles(o, k, addresses, credentials)
			require.NoError(t, err)
		}
		var licenses []struct{ Name, Type, Token string }
		read(t, f.licenses, &licenses)
		require.Equal(t, k.Licenses["personal"], licenses[0].Token)
		require.Len(t, licenses, map[bool]int{true: 1, false: 2}[none])

		var deployments struct {
			Deployments map[string]struct {
				BaseURL  string `yaml:"base_url"`
				Password string `yaml:"password"`
			} `yaml:"deployments"`
			Default string `yaml:"default_region"`
		}
		read(t, f.lds, &deployments)
		require.Equal(t, addresses.LDS, deployments.Deployments[deployments.Default].BaseURL)
		require.Equal(t, credentials.LDSPassword, deployments.Deployments[deployments.Default].Password)

		var settings struct {
			Timing map[string]float64 `yaml:"timing"`
		}
		read(t, filepath.Join(f.data, "seeds", "system_settings", "default.yaml"), &settings)
		require.InDelta(t, o.LeadSeconds, 60*settings.Timing["instantiation_minutes"], 1e-9)
		require.Positive(t, settings.Timing["grading_timeout_minutes"])
		require.FileExists(t, filepath.Join(f.data, "seeds", "worker_templates", "small.yaml"), "the seeds of production come along")
		require.NoFileExists(t, f.database, "the store is the API's to make")
	}
}
