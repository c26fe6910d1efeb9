package cml_test

import (
	"math"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

func TestPublishedTopologiesPassThrough(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(shared(t, "topologies"), "*.yaml"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	w := start(t, t.TempDir(), config())
	c := w.signedIn(address)
	c.call(http.MethodPost, "/licensing/registration", map[string]string{"token": "any"}, 204, nil)
	w.advance(registerTime)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			require.NoError(t, err)
			var in importAnswer
			c.call(http.MethodPost, "/import", string(raw), 200, &in)
			require.Nil(t, in.Warnings)
			path := "/labs/" + in.ID

			back := c.raw(http.MethodGet, "/api/v0"+path+"/download", nil, 200)
			requireContains(t, string(raw), string(back))
			again := c.imported(string(back))
			require.Equal(t, string(back), string(c.raw(http.MethodGet, "/api/v0"+again+"/download", nil, 200)))

			c.put(path + "/start")
			require.False(t, c.converged(path))
			w.advance(queueTime + bootTime)
			require.True(t, c.converged(path))
			c.put(path + "/stop")
			w.advance(stopTime)
			c.put(path + "/wipe")
			c.call(http.MethodDelete, path, nil, 204, nil)
		})
	}
}

func TestDownloadGivesBackWhatWasImported(t *testing.T) {
	c := start(t, "", config()).signedIn(address)
	path := c.imported(lab)
	back := c.raw(http.MethodGet, "/api/v0"+path+"/download", nil, 200)
	require.NotEqual(t, byte('"'), back[0], "YAML text, not a JSON string")
	requireContains(t, lab, string(back))

	var whole struct {
		Nodes []struct {
			Interfaces []struct{ Label string }
		}
		Links []struct{ Label string }
		Smart []struct {
			Tag     string
			Padding int
		} `yaml:"smart_annotations"`
	}
	require.NoError(t, yaml.Unmarshal(back, &whole))
	require.Equal(t, "eth0", whole.Nodes[1].Interfaces[0].Label, "a label that was left out")
	require.Equal(t, "r1-Ethernet0/0<->pc1-eth0", whole.Links[0].Label)
	require.Len(t, whole.Smart, 3, "one for each tag")
	require.Equal(t, 50, whole.Smart[0].Padding)
	require.Equal(t, 35, whole.Smart[1].Padding, "the default")
}

// requireContains wants every value of the first document in the second, which
// may have further keys: defaults that the first leaves out.
func requireContains(t *testing.T, want, got string) {
	t.Helper()
	var a, b any
	require.NoError(t, yaml.Unmarshal([]byte(want), &a))
	require.NoError(t, yaml.Unmarshal([]byte(got), &b))
	contains(t, "", a, b)
}

func contains(t *testing.T, at string, want, got any) {
	t.Helper()
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		require.True(t, ok, at)
		for key, value := range w {
			require.Contains(t, g, key, at)
			contains(t, at+"/"+key, value, g[key])
		}
	case []any:
		g, ok := got.([]any)
		require.True(t, ok, at)
		if filepath.Base(at) == "smart_annotations" {
			require.GreaterOrEqual(t, len(g), len(w), at)
		} else {
			require.Len(t, g, len(w), at)
		}
		for i := range w {
			contains(t, filepath.Join(at, "item"), w[i], g[i])
		}
	default:
		if a, ok := number(want); ok {
			b, ok := number(got)
			require.True(t, ok, at)
			require.InDelta(t, a, b, math.Abs(a)*1e-12, at)
			return
		}
		require.Equal(t, want, got, at)
	}
}

func number(v any) (float64, bool) {
	switch n := v.(type) {
	case int:
		return float64(n), true
	case float64:
		return n, true
	}
	return 0, false
}
