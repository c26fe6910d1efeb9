package measure

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Small sizes of everything that needs a whole system: each figure is taken and written.
func TestAWholeSystemIsMeasured(t *testing.T) {
	dir := t.TempDir()
	var o Options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	o.Register(flags)
	require.NoError(t, flags.Parse([]string{
		"-out", filepath.Join(dir, "bench.json"), "-page", filepath.Join(dir, "page.md"), "-only", "P5,P6,P7,P11", "-runs", "1", "-bookings", "3",
		"-burst", "20", "-stored", "50", "-requests", "40", "-lasting", "500ms", "-gobench", "",
	}))
	var out bytes.Buffer
	require.NoError(t, Run(t.Context(), o, &out), out.String())
	content, err := os.ReadFile(filepath.Join(dir, "bench.json"))
	require.NoError(t, err)
	var figures []Figure
	require.NoError(t, json.Unmarshal(content, &figures))
	count := map[string]int{}
	for _, f := range figures {
		count[f.ID]++
		require.Positive(t, f.Value, "%+v", f)
		require.Contains(t, f.Shape, "SQLite")
		require.Equal(t, 1, f.Runs)
	}
	require.Equal(t, map[string]int{"P5": 2, "P9": 2, "P6": 2, "E1": 1, "L1": 2, "P7": 3, "P8": 2, "P11": 1}, count)
	page, err := os.ReadFile(filepath.Join(dir, "page.md"))
	require.NoError(t, err)
	require.Contains(t, string(page), "| P11 | ")
}
