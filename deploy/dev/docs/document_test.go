package docs

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the documents anew")

// root finds the repository by its go.work.
func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	require.NoError(t, err)
	for range 8 {
		if _, err := os.Stat(filepath.Join(dir, "go.work")); err == nil {
			return dir
		}
		dir = filepath.Dir(dir)
	}
	t.Skip("not inside the repository: there are no documents to compare with")
	return ""
}

// document compares what was printed with the file in docs/, or writes it.
func document(t *testing.T, name, printed string) {
	t.Helper()
	path := filepath.Join(root(t), "docs", name)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(printed), 0o644))
	}
	present, err := os.ReadFile(path)
	require.NoError(t, err, "run make docs")
	require.Equal(t, printed, string(present), "docs/%s is stale: run make docs", name)
}
