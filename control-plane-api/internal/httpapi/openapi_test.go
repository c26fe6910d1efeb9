package httpapi_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/httpapi"
)

type document struct {
	OpenAPI    string
	Paths      map[string]map[string]operation
	Components struct {
		Schemas map[string]struct{ Properties map[string]any }
	}
}

type operation struct {
	OperationID string
	Responses   map[string]struct {
		Content map[string]struct {
			Schema struct {
				Ref string `json:"$ref"`
			}
		}
	}
	Parameters []struct{ Name string }
	Security   []map[string][]string
}

func TestTheDocumentDescribesEveryRoute(t *testing.T) {
	printed, err := httpapi.Document("test")
	require.NoError(t, err)
	var d document
	require.NoError(t, json.Unmarshal(printed, &d))
	require.Equal(t, "3.1.0", d.OpenAPI)
	described := 0
	for _, route := range api.Table() {
		info := route.Describe()
		op, ok := d.Paths[info.Path][strings.ToLower(info.Method)]
		require.True(t, ok, info.ID)
		described++
		require.Equal(t, info.ID, op.OperationID)
		require.NotEmpty(t, op.Security, "%s says how a caller is known", info.ID)
		if info.NeedsTerm {
			require.Contains(t, op.Parameters, struct{ Name string }{api.HeaderTerm}, info.ID)
		}
		for status, response := range op.Responses {
			if content, isProblem := response.Content[api.ProblemType]; isProblem {
				require.Equal(t, "#/components/schemas/Problem", content.Schema.Ref, "%s %s", info.ID, status)
			}
			require.NotContains(t, response.Content, "default")
		}
	}
	total := 0
	for _, item := range d.Paths {
		total += len(item)
	}
	require.Equal(t, described, total, "and nothing else")
	require.Contains(t, d.Components.Schemas["Problem"].Properties, "code")
	require.NotContains(t, d.Components.Schemas, "ErrorModel", "the library's errors are never answered")
}

func TestTheServerAnswersTheSameDocument(t *testing.T) {
	e := newEdge(t)
	out := e.do(request{method: http.MethodGet, path: "/api/openapi.json"})
	require.Equal(t, http.StatusOK, out.status)
	printed, err := httpapi.Document("test")
	require.NoError(t, err)
	require.JSONEq(t, string(printed), string(out.body))
}
