package contract

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"
	validation "github.com/pb33f/libopenapi-validator/errors"
	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// operation is what the test reads of the document; the validator reads it by itself.
type operation struct {
	OperationID string
	Parameters  []struct {
		Name, In string
		Required bool
		Example  any
		Schema   struct{ Default any }
	}
	RequestBody *struct {
		Required bool
		Content  map[string]struct{ Example json.RawMessage }
	}
	Responses map[string]struct {
		Content map[string]struct{ Example json.RawMessage }
	}
}

func (w *world) document() (map[string]map[string]operation, validator.Validator) {
	w.t.Helper()
	response, printed := w.do(w.request(http.MethodGet, "/api/openapi.json", ""))
	require.Equal(w.t, http.StatusOK, response.StatusCode, "for everyone")
	var d struct {
		Paths map[string]map[string]operation
	}
	require.NoError(w.t, json.Unmarshal(printed, &d))
	parsed, err := libopenapi.NewDocument(printed)
	require.NoError(w.t, err)
	v, errs := validator.NewValidator(parsed, config.WithFormatAssertions(), config.WithoutSecurityValidation())
	require.Empty(w.t, errs)
	valid, problems := v.ValidateDocument()
	require.True(w.t, valid, told(problems))
	return d.Paths, v
}

func told(problems []*validation.ValidationError) string {
	var b strings.Builder
	for _, p := range problems {
		fmt.Fprintf(&b, "%s: %s\n", p.Message, p.Reason)
		for _, s := range p.SchemaValidationErrors {
			fmt.Fprintf(&b, "  %s (%s)\n", s.Reason, s.FieldPath)
		}
	}
	return b.String()
}

func infos() map[string]api.Info {
	all := map[string]api.Info{}
	for _, route := range api.Table() {
		all[route.Describe().ID] = route.Describe()
	}
	return all
}

func TestEveryOperationDocumentsSuccessErrorsAndExamples(t *testing.T) {
	w := newWorld(t, nil)
	paths, _ := w.document()
	known := infos()
	for path, item := range paths {
		for method, op := range item {
			info, ok := known[op.OperationID]
			require.True(t, ok, "%s %s is not in the route table", method, path)
			succeeds, refuses := false, false
			for status, response := range op.Responses {
				succeeds = succeeds || status == fmt.Sprint(info.Status())
				refuses = refuses || strings.HasPrefix(status, "4")
				for kind, content := range response.Content {
					require.True(t, len(content.Example) > 0 || !strings.Contains(kind, "json"), "%s %s: no example of %s", op.OperationID, status, kind)
				}
			}
			require.True(t, succeeds && refuses, "%s documents success and at least one refusal", op.OperationID)
			if op.RequestBody == nil {
				continue
			}
			for kind, content := range op.RequestBody.Content {
				require.True(t, len(content.Example) > 0 || !strings.Contains(kind, "json"), "%s: no example of its body", op.OperationID)
			}
		}
	}
}

// TestS13EveryExampleIsAnsweredAsDocumented is control S13, and the contract: each example goes out as it is documented, from a
// caller who may send it, and the answer is one that the document has, a success or a problem document.
func TestS13EveryExampleIsAnsweredAsDocumented(t *testing.T) {
	w := newWorld(t, nil)
	paths, v := w.document()
	things := w.things()
	type one struct {
		path, method string
		operation
	}
	var all []one
	for path, item := range paths {
		for method, op := range item {
			all = append(all, one{path, strings.ToUpper(method), op})
		}
	}
	// Reading comes before changing, and ending comes last, so that there is something to answer about.
	rank := func(o one) int { return slices.Index([]string{"GET", "PUT", "PATCH", "POST", "DELETE"}, o.method) }
	slices.SortFunc(all, func(a, b one) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return strings.Compare(a.path, b.path)
	})
	known, succeeded := infos(), 0
	for _, o := range all {
		t.Run(o.OperationID, func(t *testing.T) {
			info := known[o.OperationID]
			w := *w
			w.t = t
			r, body, sendable := w.example(o.method, o.path, o.operation, info, things)
			if !sendable {
				t.Skip("is no JSON, or lasts")
			}
			response, content := w.do(r)
			// The validator reads the body again.
			r.Body = io.NopCloser(strings.NewReader(body))
			valid, problems := v.ValidateHttpRequest(r)
			require.True(t, valid, "the example: %s\n%s", body, told(problems))
			w.documented(v, r, response, content)
			if response.StatusCode < http.StatusBadRequest {
				succeeded++
			}
			if info.Audience == api.Public || info.Audience == api.Internal || info.Audience == api.Browser {
				bare := w.request(o.method, strings.TrimPrefix(r.URL.String(), w.url), body)
				if kind := r.Header.Get("Content-Type"); kind != "" {
					bare.Header.Set("Content-Type", kind)
				}
				response, content = w.do(bare)
				require.Equal(t, http.StatusUnauthorized, response.StatusCode, string(content))
				w.documented(v, bare, response, content)
			}
		})
	}
	t.Logf("%d of %d examples succeeded", succeeded, len(all))
	require.GreaterOrEqual(t, succeeded, len(all)/4, "the examples are not all refused")
}

// documented checks an answer: its status, its form and that it shows nothing of the inside.
func (w *world) documented(v validator.Validator, r *http.Request, response *http.Response, content []byte) {
	w.t.Helper()
	require.Less(w.t, response.StatusCode, 600)
	require.NotEqual(w.t, http.StatusInternalServerError, response.StatusCode, string(content))
	valid, problems := v.ValidateHttpResponse(r, response)
	require.True(w.t, valid, "%d %s\n%s", response.StatusCode, content, told(problems))
	if response.StatusCode < http.StatusBadRequest {
		return
	}
	require.Equal(w.t, api.ProblemType, response.Header.Get("Content-Type"))
	for _, inner := range []string{"goroutine", ".go:", "sqlite", "runtime error", "control-plane-api/"} {
		require.NotContains(w.t, strings.ToLower(string(content)), inner, "nothing of the inside")
	}
}

// things are what examples may be about, by the path that leads to them.
func (w *world) things() map[string]string {
	w.t.Helper()
	id := func(content []byte) string {
		var made struct{ ID string }
		require.NoError(w.t, json.Unmarshal(content, &made), string(content))
		return made.ID
	}
	lab := `"topology_yaml":"lab:\n  title: one\n  version: 0.1.0\nnodes:\n  - id: n0\n    label: r1\n    node_definition: iosv\n    interfaces: []\nlinks: []\n"`
	definition := id(w.admin(http.MethodPost, "/api/lablet-definitions", `{"name":"one","version":"1.0.0",`+lab+`}`))
	start := time.Now().Add(time.Hour).UTC()
	instance := id(w.admin(http.MethodPost, "/api/lablet-instances", fmt.Sprintf(`{"definition_id":%q,"timeslot_start":%q,"timeslot_end":%q,"reservation_id":"r1"}`,
		definition, start.Format(time.RFC3339), start.Add(time.Hour).Format(time.RFC3339))))
	template := id(w.admin(http.MethodPost, "/api/worker-templates",
		`{"name":"small","description":"small","instance_type":"m5.metal","license_type":"enterprise","license":"pool","cpu_cores":96,"memory_gb":384,"storage_gb":500,"max_nodes":500}`))
	worker := id(w.lead("resource-scheduler", "/api/internal/workers/scale-up", `{"template_name":"small","reason":"contract","demand":"one"}`))
	return map[string]string{"lablet-definitions": definition, "lablet-instances": instance, "worker-templates": template, "workers": worker}
}

// example makes the request of a documented example. Ids name something that is there, where the test knows of one.
func (w *world) example(method, path string, op operation, info api.Info, things map[string]string) (*http.Request, string, bool) {
	w.t.Helper()
	if info.ID == api.RouteStreamEvents.ID {
		return nil, "", false
	}
	segments := strings.Split(path, "/")
	query, headers := url.Values{}, []string{}
	for _, p := range op.Parameters {
		switch {
		case p.In == "path":
			value := fmt.Sprint(p.Example)
			at := slices.Index(segments, "{"+p.Name+"}")
			if thing, ok := things[segments[at-1]]; ok && p.Name == "id" {
				value = thing
			}
			segments[at] = url.PathEscape(value)
		case p.In == "query" && p.Required:
			query.Set(p.Name, fmt.Sprint(p.Example))
		}
	}
	switch info.Audience {
	case api.Internal:
		service := serviceOf(path)
		headers = append(headers, api.HeaderAPIKey, keyOf(service))
		if info.NeedsTerm {
			headers = append(headers, api.HeaderTerm, w.term(service))
		}
	default:
		headers = append(headers, "Authorization", "Bearer "+w.token("ada", "admin"))
	}
	body := ""
	if op.RequestBody != nil {
		for kind, content := range op.RequestBody.Content {
			if !strings.Contains(kind, "json") {
				return nil, "", false
			}
			body = strings.ReplaceAll(string(content.Example), "0198c0de-0000-7000-8000-000000000001", things["lablet-definitions"])
			headers = append(headers, "Content-Type", kind)
		}
	}
	full := strings.Join(segments, "/")
	if len(query) > 0 {
		full += "?" + query.Encode()
	}
	require.NotRegexp(w.t, `[{}]`, full)
	r := w.request(method, full, body, headers...)
	return r.WithContext(context.WithoutCancel(w.t.Context())), body, true
}

// serviceOf is who calls an internal route in these tests.
func serviceOf(path string) string {
	switch {
	case strings.Contains(path, "/lablet-instances") || strings.Contains(path, "/lab"):
		return "lablet-controller"
	case strings.Contains(path, "schedule") || strings.Contains(path, "scale-up"):
		return "resource-scheduler"
	default:
		return "worker-controller"
	}
}
