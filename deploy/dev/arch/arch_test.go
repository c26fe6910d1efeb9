package arch

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

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
	t.Skip("not inside the repository: there is no workspace to look at")
	return ""
}

func workspace(t *testing.T) []Package {
	t.Helper()
	packages, err := Load(t.Context(), root(t))
	require.NoError(t, err)
	require.Greater(t, len(packages), 50, "the whole workspace is looked at")
	return packages
}

func TestWhoImportsWhom(t *testing.T) {
	packages := workspace(t)
	require.Empty(t, lines(CheckImports(packages, Table(), func(p Package) []string { return p.Imports })))
	require.Empty(t, lines(CheckImports(packages, TestTable(), func(p Package) []string { return p.TestImports })))
}

func TestEveryRowCounts(t *testing.T) {
	packages := workspace(t)
	require.Empty(t, lines(CheckRows(packages, Table())))
	require.Empty(t, lines(CheckRows(packages, TestTable())))
}

func TestWhatNoFileDoes(t *testing.T) {
	sources, err := Sources(workspace(t))
	require.NoError(t, err)
	for _, check := range Checks() {
		t.Run(check.Name, func(t *testing.T) {
			var found []string
			for _, s := range sources {
				found = append(found, check.Find(s)...)
			}
			require.Empty(t, lines(found), check.Reason)
		})
	}
}

// lines shows violations one a line, in order.
func lines(violations []string) string {
	slices.Sort(violations)
	return strings.Join(violations, "\n")
}
