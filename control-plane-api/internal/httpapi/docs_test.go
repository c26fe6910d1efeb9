package httpapi_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The page works without the internet and under a policy that lets nothing run but its own script.
func TestTheDocsPageNeedsNobodyElse(t *testing.T) {
	e := newEdge(t)
	page := e.do(request{method: http.MethodGet, path: "/api/docs"})
	require.Equal(t, http.StatusOK, page.status)
	require.Contains(t, page.header.Get("Content-Type"), "text/html")
	policy := page.header.Get("Content-Security-Policy")
	require.Contains(t, policy, "default-src 'none'")
	require.NotContains(t, policy, "unsafe")
	require.NotContains(t, policy, "http")

	text := string(page.body)
	require.NotRegexp(t, `<script[^>]*>[^<]`, text, "no script in the page itself")
	require.NotRegexp(t, `(?i)\son[a-z]+=|\sstyle=|<style`, text)
	links := regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(text, -1)
	require.Len(t, links, 3)
	for _, link := range links {
		require.True(t, strings.HasPrefix(link[1], "/api/"), link[1])
		part := e.do(request{method: http.MethodGet, path: link[1]})
		require.Equal(t, http.StatusOK, part.status, link[1])
		if !strings.HasSuffix(link[1], ".json") {
			require.NotContains(t, string(part.body), "://", "%s loads nothing from elsewhere", link[1])
		}
	}
	script := string(e.do(request{method: http.MethodGet, path: "/api/docs/page.js"}).body)
	for _, unsafe := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("} {
		require.NotContains(t, script, unsafe, "what the document says goes in as text")
	}
}
