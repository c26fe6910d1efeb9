package httpapi_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// Controllers may ask for longer pages than people: 1,000 rows, and not one more.
func TestControllersMayAskForLongerPages(t *testing.T) {
	e := newEdge(t)
	routes := []api.Described{
		api.RouteWorkerModels, api.RouteInstanceModels, api.RouteDefinitionModels, api.RouteTemplateModels, api.RouteLabRecordModels,
		api.RoutePendingLabActions, api.RoutePendingLabImports, api.RouteTaskModels,
	}
	for _, route := range routes {
		path := route.Describe().Path
		e.must(request{http.MethodGet, path + "?limit=1000", "", by(workers)})
		e.in(t).refused(e.do(request{http.MethodGet, path + "?limit=1001", "", by(workers)}), 422, "malformed", path)
	}
	const all = 101
	for n := range all {
		e.must(request{http.MethodPost, "/api/worker-templates", fmt.Sprintf(`{"name":"t-%d","description":"d","instance_type":"m5.large"}`, n), as("ada", "admin")})
	}
	first := e.must(request{http.MethodGet, api.RouteTemplateModels.Path, "", by(workers)})
	require.Len(t, decode[[]any](t, first), 100, "as long as everybody's, unless a longer one is asked for")
	require.NotEmpty(t, first.header.Get("Link"))
	whole := e.must(request{http.MethodGet, api.RouteTemplateModels.Path + "?limit=1000", "", by(workers)})
	require.Len(t, decode[[]any](t, whole), all+1)
	require.Empty(t, whole.header.Get("Link"))
}
