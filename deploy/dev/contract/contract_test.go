package contract

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

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
	Codes       []string `json:"x-codes"`
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

// printed is the document, and its operations by path and method.
func (w *world) printed() (document []byte, paths map[string]map[string]operation) {
	w.t.Helper()
	response, printed := w.do(w.request(http.MethodGet, "/api/openapi.json", ""))
	require.Equal(w.t, http.StatusOK, response.StatusCode, "for everyone")
	var d struct {
		Paths map[string]map[string]operation
	}
	require.NoError(w.t, json.Unmarshal(printed, &d))
	return printed, d.Paths
}

// validated is what judges answers by the document, which takes a while to be made.
func (w *world) validated(printed []byte) validator.Validator {
	w.t.Helper()
	parsed, err := libopenapi.NewDocument(printed)
	require.NoError(w.t, err)
	v, errs := validator.NewValidator(parsed, config.WithFormatAssertions(), config.WithoutSecurityValidation())
	require.Empty(w.t, errs)
	valid, problems := v.ValidateDocument()
	require.True(w.t, valid, told(problems))
	return v
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
	_, paths := w.printed()
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

// unanswered are the operations whose examples cannot lead to success here, and why.
func unanswered() map[string]string {
	return map[string]string{
		"stream-events":   "its answer goes on for as long as somebody reads",
		"login-callback":  "a browser comes there from the identity provider, with what that gave it",
		"refresh-session": "takes a browser's session, which only the identity provider's word begins",
		"extend-session":  "takes a browser's session, which only the identity provider's word begins",
	}
}

// TestS13EveryExampleIsAnsweredAsDocumented is control S13, and the contract: the state is made that an operation is about, then
// its example goes out as it is documented, from a caller who may send it. It succeeds, but for the few that cannot, and the
// answer is one that the document has.
func TestS13EveryExampleIsAnsweredAsDocumented(t *testing.T) {
	sink := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) }))
	t.Cleanup(sink.Close)
	w := newWorld(t, map[string]string{"MAX_WORKERS_PER_REGION": "1000", "CLOUD_EVENT_INBOUND_TOKEN": inboundToken, "CLOUD_EVENT_SINK": sink.URL})
	printed, paths := w.printed()
	v := w.validated(printed)
	w.prepare()
	reasons, known := unanswered(), infos()
	for path, item := range paths {
		for method, op := range item {
			t.Run(op.OperationID, func(t *testing.T) {
				w := *w
				w.t = t
				succeeded := w.sent(v, strings.ToUpper(method), path, op, known[op.OperationID])
				_, excused := reasons[op.OperationID]
				require.Equal(t, !excused, succeeded, "the example succeeds, or the list says why it cannot")
				delete(reasons, op.OperationID)
			})
		}
	}
	require.Empty(t, reasons, "operations that are gone")
}

// sent sends an operation's example and checks the answer; it reports whether it was a success.
func (w *world) sent(v validator.Validator, method, path string, op operation, info api.Info) bool {
	w.t.Helper()
	if info.ID == api.RouteStreamEvents.ID {
		return false
	}
	r, body := w.example(method, path, op, info)
	response, content := w.do(r)
	// The validator reads the body again.
	r.Body = io.NopCloser(strings.NewReader(body))
	valid, problems := v.ValidateHttpRequest(r)
	require.True(w.t, valid, "the example: %s\n%s", body, told(problems))
	w.documented(v, r, response, content)
	w.promised(op, response, content)
	succeeded := response.StatusCode < http.StatusBadRequest
	if !succeeded {
		w.t.Logf("%d %s", response.StatusCode, content)
	}
	if info.Audience == api.Public || info.Audience == api.Internal || info.Audience == api.Browser {
		bare := w.request(method, strings.TrimPrefix(r.URL.String(), w.url), body)
		if kind := r.Header.Get("Content-Type"); kind != "" {
			bare.Header.Set("Content-Type", kind)
		}
		response, content = w.do(bare)
		require.Equal(w.t, http.StatusUnauthorized, response.StatusCode, string(content))
		w.documented(v, bare, response, content)
		w.promised(op, response, content)
	}
	return succeeded
}

// promised checks that a refusal has one of the codes that the operation documents.
func (w *world) promised(op operation, response *http.Response, content []byte) {
	w.t.Helper()
	if response.StatusCode < http.StatusBadRequest {
		return
	}
	var problem api.Problem
	require.NoError(w.t, json.Unmarshal(content, &problem), string(content))
	require.Contains(w.t, op.Codes, problem.Code, "%s does not document this code", op.OperationID)
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

// example makes the request of a documented example. What it names is there: ids, and numbers that depend on what happened
// before, are those of a stage that was made for it.
func (w *world) example(method, path string, op operation, info api.Info) (*http.Request, string) {
	w.t.Helper()
	about := stageOf(info)(w)
	segments := strings.Split(path, "/")
	query := url.Values{}
	for _, p := range op.Parameters {
		value, ok := about[p.Name]
		if !ok {
			value = p.Example
		}
		switch {
		case p.In == "path":
			segments[slices.Index(segments, "{"+p.Name+"}")] = url.PathEscape(fmt.Sprint(value))
		case p.In == "query" && p.Required:
			query.Set(p.Name, fmt.Sprint(value))
		}
	}
	headers := w.caller(info, path)
	body := ""
	if op.RequestBody != nil {
		kind, content := spoken(op)
		body = w.renamed(content, about)
		headers = append(headers, "Content-Type", kind)
	}
	full := strings.Join(segments, "/")
	if len(query) > 0 {
		full += "?" + query.Encode()
	}
	require.NotRegexp(w.t, `[{}]`, full)
	r := w.request(method, full, body, headers...)
	return r.WithContext(context.WithoutCancel(w.t.Context())), body
}

// caller are the headers of somebody who may call.
func (w *world) caller(info api.Info, path string) []string {
	w.t.Helper()
	switch info.Audience {
	case api.Internal:
		service := serviceOf(path)
		headers := []string{api.HeaderAPIKey, keyOf(service)}
		if info.NeedsTerm {
			headers = append(headers, api.HeaderTerm, w.term(service))
		}
		return headers
	case api.Inbound:
		return []string{"Authorization", "Bearer " + inboundToken}
	default:
		return []string{"Authorization", "Bearer " + w.token("ada", "admin")}
	}
}

// spoken is the media type in which an example is sent: a whole event where the operation takes one, else JSON.
func spoken(op operation) (string, json.RawMessage) {
	for _, kind := range []string{api.CloudEventType, "application/json"} {
		if content, ok := op.RequestBody.Content[kind]; ok {
			return kind, content.Example
		}
	}
	return "", nil
}

// renamed puts what an example is about into its body. Fields that the example does not have stay away.
func (w *world) renamed(content json.RawMessage, about names) string {
	w.t.Helper()
	var value any
	require.NoError(w.t, json.Unmarshal(content, &value))
	var walk func(value any)
	walk = func(value any) {
		switch node := value.(type) {
		case map[string]any:
			for name, inner := range node {
				if own, ok := about[name]; ok {
					node[name] = own
					continue
				}
				walk(inner)
			}
		case []any:
			for _, inner := range node {
				walk(inner)
			}
		}
	}
	walk(value)
	made, err := json.Marshal(value)
	require.NoError(w.t, err)
	return string(made)
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
