package httpapi_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/httpapi"
)

func TestPagesOfConfiguredOriginsMayCall(t *testing.T) {
	const page = "https://pages.example"
	e := newEdgeWith(t, func(d *httpapi.Deps) { d.Web = httpapi.Web{Origin: "https://lcm.example", Origins: []string{page}} })
	preflight := func(origin string) answer {
		return e.do(request{http.MethodOptions, "/api/workers", "", []string{"Origin", origin, "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "x-csrf-token"}})
	}
	out := preflight(page)
	require.Equal(t, http.StatusNoContent, out.status)
	require.Equal(t, page, out.header.Get("Access-Control-Allow-Origin"))
	require.Equal(t, "true", out.header.Get("Access-Control-Allow-Credentials"))
	require.Contains(t, out.header.Get("Access-Control-Allow-Methods"), "POST")
	require.Contains(t, out.header.Get("Access-Control-Allow-Headers"), "X-CSRF-Token")
	require.Contains(t, out.header.Values("Vary"), "Origin", "a cache keeps the answers apart")

	out = e.do(request{http.MethodGet, "/api/workers", "", as("ann", "user", "Origin", page)})
	require.Equal(t, http.StatusOK, out.status)
	require.Equal(t, page, out.header.Get("Access-Control-Allow-Origin"))
	require.Contains(t, out.header.Get("Access-Control-Expose-Headers"), "X-Total-Count")
	out = e.do(request{http.MethodGet, "/api/workers", "", []string{"Origin", page}})
	require.Equal(t, http.StatusUnauthorized, out.status)
	require.Equal(t, page, out.header.Get("Access-Control-Allow-Origin"), "the page can read the problem")

	for _, origin := range []string{"https://evil.example", "null", page + ".evil.example", "http://pages.example", "https://PAGES.example"} {
		out = preflight(origin)
		require.Empty(t, out.header.Get("Access-Control-Allow-Origin"), origin)
		require.Empty(t, out.header.Get("Access-Control-Allow-Credentials"), origin)
		require.Empty(t, e.do(request{http.MethodGet, "/api/workers", "", as("ann", "user", "Origin", origin)}).header.Get("Access-Control-Allow-Origin"), origin)
	}
}

func TestBehindHTTPSBrowsersAreToldToStayThere(t *testing.T) {
	read := request{http.MethodGet, "/api/workers", "", as("ann", "user")}
	secure := newEdgeWith(t, func(d *httpapi.Deps) { d.Web.Secure = true })
	require.Contains(t, secure.do(read).header.Get("Strict-Transport-Security"), "max-age=")
	require.Empty(t, newEdge(t).do(read).header.Get("Strict-Transport-Security"), "in development there is no HTTPS to stay with")
}
