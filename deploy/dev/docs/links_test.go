package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// pages are the documents that people write.
func pages(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md", "deploy/compose/*.md"} {
		found, err := filepath.Glob(filepath.Join(root(t), pattern))
		require.NoError(t, err)
		all = append(all, found...)
	}
	require.NotEmpty(t, all)
	return all
}

func TestLinksLeadSomewhere(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#]+)[^)]*\)`)
	for _, page := range pages(t) {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, found := range link.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(found[1], "://") {
				continue
			}
			require.FileExists(t, entry(filepath.Join(filepath.Dir(page), found[1])), "%s links to it", page)
		}
	}
}

// entry is a file itself, or any file of a folder.
func entry(path string) string {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		if inside, err := filepath.Glob(filepath.Join(path, "*")); err == nil && len(inside) > 0 {
			return entry(inside[0])
		}
	}
	return path
}

func TestTheArchitectureNamesFilesThatAreThere(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root(t), "docs", "architecture.md"))
	require.NoError(t, err)
	named := regexp.MustCompile("`((?:[a-z0-9-]+/)+[A-Za-z0-9_-]+\\.go)`").FindAllStringSubmatch(string(text), -1)
	require.Greater(t, len(named), 20)
	for _, n := range named {
		path := filepath.Join(root(t), n[1])
		if strings.HasPrefix(n[1], "internal/") || strings.HasPrefix(n[1], "service/") {
			path = filepath.Join(root(t), "control-plane-api", n[1])
		}
		require.FileExists(t, path)
	}
}
