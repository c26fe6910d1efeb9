package httpapi_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/httpapi"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/terms"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

// TestAStoreThatIsAwayIsToldByEveryOperation asks every operation while the store answers nothing but terms: each says so with its
// documented code, and none as if it were the API's fault. Those that need no store go on.
func TestAStoreThatIsAwayIsToldByEveryOperation(t *testing.T) {
	printed, err := httpapi.Document("test")
	require.NoError(t, err)
	var d struct {
		Paths map[string]map[string]struct {
			RequestBody *struct {
				Content map[string]struct{ Example json.RawMessage }
			}
			Parameters []struct {
				Name, In string
				Required bool
				Example  any
			}
		}
	}
	require.NoError(t, json.Unmarshal(printed, &d))
	e := newEdge(t)
	leading := e.leading(workers)
	e.engine.SetHook(func(_ context.Context, call storetest.Call) storetest.Fault {
		if call.Collection == terms.Name {
			return storetest.Fault{}
		}
		return storetest.Fault{Fail: store.ErrUnavailable}
	})
	away := 0
	for _, route := range api.Table() {
		info := route.Describe()
		if info.ID == api.RouteStreamEvents.ID || info.Audience == api.Open || info.Audience == api.Browser || info.Audience == api.Inbound {
			continue // their tests are their own
		}
		op, body := d.Paths[info.Path][strings.ToLower(info.Method)], ""
		if op.RequestBody != nil {
			body = string(op.RequestBody.Content["application/json"].Example)
		}
		path := parameter().ReplaceAllString(strings.NewReplacer("{kind}", "lab", "{attempt}", "1").Replace(info.Path), "unknown")
		if info.ID == api.RouteSearchDefinitions.ID {
			path += "?q=ab"
		}
		if info.ID == api.RouteVerifyAudit.ID {
			path += "?kind=workers&id=w"
		}
		headers := as("ada", "admin")
		if info.Audience == api.Internal {
			headers = leading
		}
		t.Run(info.ID, func(t *testing.T) {
			r := request{info.Method, path, body, headers}
			out := e.in(t).do(r)
			require.NotEqual(t, http.StatusInternalServerError, out.status, string(out.body))
			if out.status == http.StatusServiceUnavailable {
				require.Equal(t, "store_unavailable", e.in(t).problem(out, pathOf(r)).Code)
				away++
			}
		})
	}
	require.Greater(t, away, 100, "so many operations need the store")
}
