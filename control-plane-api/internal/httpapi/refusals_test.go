package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/httpapi"
)

// answeredElsewhere are the codes that take more than this package's edge to be answered, and where a test sees them.
func answeredElsewhere() map[string]string {
	const login, limits, events = "login_test.go", "limits_test.go", "the tests of the package that gives it"
	return map[string]string{
		"csrf": login, "session_ended": login, "identity_unavailable": login, "login_not_configured": login, "login_state": login, "login_nonce": login,
		"login_issuer": login, "login_refused": login, "no_refresh_token": login, "refresh_refused": login,
		"rate_limited": limits, "overloaded": limits, "body_too_slow": limits, "body_too_large": limits,
		"stream_unavailable": events, "too_many_streams": events, "no_sink": events, "etcd_unavailable": events, "store_unavailable": events,
		"event_too_old": "events_test.go", "event_too_large": "events_test.go", "media_type": "events_test.go", "not_leader": "edge_test.go",
		"clock_skew": "the command's tests, which move the clock", "too_early": "the command's tests, which move the clock",
		"timeslot_over": "the command's tests, which move the clock", "timeslot_taken": "the command's tests, which fill a worker",
		"book_full": "the command's tests, which fill a worker", "insufficient_ports": "the book's tests, which fill a worker",
		"insufficient_nodes":     "the book's tests, where a licence limits nodes",
		"no_seat":                "the command's tests, which take the last seat",
		"license_token_required": "the command's tests, where no licence file is", "region_full": "the command's tests, which fill a region",
		"document_too_large": "the command's tests",
		"worker_not_wanted":  "the command's tests",
	}
}

// TestEveryDocumentedCodeIsAnswered provokes each refusal that the document promises, so that none is promised in vain. What a
// path names and nobody knows is asked of every operation; the other codes of at least one.
func TestEveryDocumentedCodeIsAnswered(t *testing.T) {
	all, err := contracts()
	require.NoError(t, err)
	answered := map[string]bool{}
	empty := newEdge(t)
	for _, c := range unknownThings(t) {
		t.Run(c.op+" "+c.code, func(t *testing.T) { answered[c.answer(empty.in(t))] = true })
	}
	for _, c := range refusals() {
		t.Run(c.code, func(t *testing.T) { answered[c.answer(newEdge(t))] = true })
	}
	for code := range answeredElsewhere() {
		answered[code] = true
	}
	missing := map[string][]string{}
	for _, op := range all {
		for _, code := range op.Codes {
			if !answered[code] {
				missing[code] = append(missing[code], op.OperationID)
			}
		}
	}
	require.Empty(t, missing, "documented codes that no test has seen, and the operations that document them")
}

// refused is a request that is refused with a code.
type refused struct {
	op, code string
	call     func(e *edge) request
}

func (c refused) answer(e *edge) string {
	e.t.Helper()
	r := c.call(e)
	out := e.do(r)
	require.GreaterOrEqual(e.t, out.status, http.StatusBadRequest, string(out.body))
	require.Equal(e.t, c.code, e.problem(out, pathOf(r)).Code, string(out.body))
	return c.code
}

func pathOf(r request) string {
	path, _, _ := strings.Cut(r.path, "?")
	return path
}

// unknownThings ask every operation whose path names a thing for one that is not there.
func unknownThings(t *testing.T) []refused {
	t.Helper()
	printed, err := httpapi.Document("test")
	require.NoError(t, err)
	var d struct {
		Paths map[string]map[string]struct {
			RequestBody *struct {
				Content map[string]struct{ Example json.RawMessage }
			}
		}
	}
	require.NoError(t, json.Unmarshal(printed, &d))
	var all []refused
	for _, route := range api.Table() {
		info := route.Describe()
		code := ofPath(info)
		if code == "" || asksOthersFirst(info.ID) {
			continue
		}
		body := ""
		if b := d.Paths[info.Path][strings.ToLower(info.Method)].RequestBody; b != nil {
			body = string(b.Content["application/json"].Example)
		}
		path := strings.NewReplacer("{kind}", "lab", "{attempt}", "1").Replace(info.Path)
		all = append(all, refused{op: info.ID, code: code, call: func(e *edge) request {
			return request{method: info.Method, path: parameter().ReplaceAllString(path, "unknown"), body: body, headers: e.callerOf(info)}
		}})
	}
	return all
}

// asksOthersFirst reports whether the least example of an operation is refused for something else before the thing is looked for.
func asksOthersFirst(operation string) bool {
	return slices.Contains([]string{"bind-lab-record", "bind-lab", "register-worker-license", "register-worker-license-in-region"}, operation)
}

// ofPath is the code of a thing that a path names; empty where it names none, or the operation answers for any.
func ofPath(info api.Info) string {
	for _, kind := range []struct{ path, code string }{
		{"/workers/{id}", "worker_not_found"}, {"/workers/{worker_id}", "worker_not_found"}, {"/instance/{instance_id}", "worker_not_found"},
		{"/lablet-instances/{id}", "instance_not_found"}, {"/by-reservation/", "instance_not_found"},
		{"/lablet-definitions/{id}", "definition_not_found"}, {"/lablet-definitions/by-name", "definition_not_found"},
		{"/worker-templates/{id}", "template_not_found"}, {"/worker-templates/by-name", "template_not_found"},
		{"/lab-records/{id}", "lab_record_not_found"}, {"/labs/{id}", "lab_record_not_found"}, {"/lab-imports/{id}", "lab_record_not_found"},
		{"/tasks/{id}", "task_not_found"},
	} {
		if strings.Contains(info.Path, kind.path) && slices.Contains(info.Codes, kind.code) {
			return kind.code
		}
	}
	return ""
}

// callerOf are the headers of somebody who may call an operation.
func (e *edge) callerOf(info api.Info) []string {
	if info.Audience == api.Internal {
		return e.leading(workers)
	}
	return as("ada", "admin")
}

func on(method, path, body string) func(*edge) request {
	return func(*edge) request { return request{method, path, body, as("ada", "admin")} }
}

// wrongDefinition is one that cannot be made.
func wrongDefinition(fields string) func(*edge) request {
	return on(http.MethodPost, "/api/lablet-definitions", fmt.Sprintf(`{"name":"wrong","version":"1.0.0","topology_yaml":%q%s}`, labFile, fields))
}

func wrongTemplate(fields string) func(*edge) request {
	return on(http.MethodPost, "/api/worker-templates", `{"name":"wrong","description":"d","instance_type":"m5.large"`+fields+`}`)
}
