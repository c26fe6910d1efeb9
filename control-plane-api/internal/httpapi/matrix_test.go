package httpapi_test

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// access says who may call a public route, in the test's own words: the route table is what is tested.
type access struct {
	// roles may call; "anyone" is every person with a token.
	roles []api.Role
	// owner may call for what is theirs; for others it is as if it did not exist.
	owner bool
	// call makes a fresh thing of ann's and gives the request on it.
	call func(e *edge, n int) request
}

const anyone = api.Role("anyone")

func public() map[string]access {
	managers := []api.Role{api.Admin, api.Manager}
	get := func(path string) func(*edge, int) request {
		return func(*edge, int) request { return request{method: http.MethodGet, path: path} }
	}
	// mine is a route on an instance of ann's.
	mine := func(method, suffix, body string) func(*edge, int) request {
		return func(e *edge, n int) request {
			return request{method: method, path: "/api/lablet-instances/" + e.anns(n).ID + suffix, body: body}
		}
	}
	all := map[string]access{
		"stream-events":     {roles: []api.Role{anyone}, call: get("/api/events/stream")},
		"list-audit":        {roles: []api.Role{api.Admin}, call: get("/api/audit")},
		"verify-audit":      {roles: []api.Role{api.Admin}, call: audited},
		"list-dead-letters": {roles: []api.Role{api.Admin}, call: get("/api/events/dead-letters")},
		"resend-dead-letters": {roles: []api.Role{api.Admin}, call: func(*edge, int) request {
			return request{method: http.MethodPost, path: "/api/events/dead-letters/resend", body: `{"ids":["workers/w/1/0"]}`}
		}},
		"create-lablet-definition": {roles: []api.Role{api.Admin, api.LabAuthor}, call: func(_ *edge, n int) request {
			return request{method: http.MethodPost, path: "/api/lablet-definitions", body: fmt.Sprintf(`{"name":"new-%d","version":"1.0.0","topology_yaml":%q}`, n, labFile)}
		}},
		"list-lablet-definitions": {roles: []api.Role{anyone}, call: get("/api/lablet-definitions")},
		"get-lablet-definition": {roles: []api.Role{anyone}, call: func(e *edge, n int) request {
			return request{method: http.MethodGet, path: "/api/lablet-definitions/" + e.definition(fmt.Sprintf("get-%d", n)).ID}
		}},
		"sync-lablet-definition": {roles: []api.Role{api.Admin, api.LabAuthor}, call: func(e *edge, n int) request {
			return request{method: http.MethodPost, path: "/api/lablet-definitions/" + e.packaged(n).ID + "/sync"}
		}},
		"get-user":                    {roles: []api.Role{anyone}, call: get("/api/auth/user")},
		"check-admin":                 {roles: []api.Role{api.Admin}, call: get("/api/auth/check-admin")},
		"list-worker-templates":       {roles: []api.Role{anyone}, call: get("/api/worker-templates")},
		"get-worker-template-by-name": {roles: []api.Role{anyone}, call: get("/api/worker-templates/by-name/large")},
		"get-worker-template": {roles: []api.Role{anyone}, call: func(e *edge, _ int) request {
			list := decode[[]api.Template](e.t, e.do(request{http.MethodGet, "/api/worker-templates", "", as("ann", "user")}))
			return request{method: http.MethodGet, path: "/api/worker-templates/" + list[0].ID}
		}},
		"list-workers": {roles: []api.Role{anyone}, call: get("/api/workers")},
		"get-worker": {roles: []api.Role{anyone}, call: func(e *edge, _ int) request {
			return request{method: http.MethodGet, path: "/api/workers/" + e.worker("one").ID}
		}},
		"terminate-worker": {roles: []api.Role{api.Admin}, call: func(e *edge, n int) request {
			return request{method: http.MethodDelete, path: "/api/workers/" + e.worker(fmt.Sprint("end ", n)).ID}
		}},
		"create-lablet-instance": {roles: []api.Role{anyone}, call: func(e *edge, n int) request {
			return request{method: http.MethodPost, path: "/api/lablet-instances", body: marshal(e.t, slot(e.definition(fmt.Sprintf("book-%d", n)).ID, time.Hour, 90*time.Minute))}
		}},
		"list-lablet-instances":    {roles: []api.Role{anyone}, call: get("/api/lablet-instances")},
		"list-my-lablet-instances": {roles: []api.Role{anyone}, call: get("/api/lablet-instances/my")},
		"get-lablet-instance-by-reservation": {roles: managers, owner: true, call: func(e *edge, n int) request {
			return request{method: http.MethodGet, path: "/api/lablet-instances/by-reservation/" + e.anns(n).ReservationID}
		}},
		"get-lablet-instance":       {roles: managers, owner: true, call: mine(http.MethodGet, "", "")},
		"terminate-lablet-instance": {roles: managers, owner: true, call: mine(http.MethodPost, "/terminate", `{}`)},
		"delete-lablet-instance":    {roles: managers, owner: true, call: mine(http.MethodDelete, "", "")},
		"extend-lablet-instance":    {roles: managers, owner: true, call: mine(http.MethodPost, "/extend", `{"new_timeslot_end":"2026-03-02T13:45:00Z"}`)},
	}
	maps.Copy(all, operated())
	maps.Copy(all, labbed())
	return all
}

// audited is the verification of an instance that ann booked.
func audited(e *edge, n int) request {
	i := e.anns(n)
	e.journaled(i.ID)
	return request{method: http.MethodGet, path: "/api/audit/verify?kind=instances&id=" + i.ID}
}

// anns is an instance that ann booked.
func (e *edge) anns(n int) api.Instance {
	e.t.Helper()
	return e.book("ann", e.definition(fmt.Sprintf("lab-%d", n)).ID, fmt.Sprintf("reservation-%d", n))
}

// packaged is a definition whose content comes from a package.
func (e *edge) packaged(n int) api.Definition {
	e.t.Helper()
	body := marshal(e.t, api.CreateDefinitionBody{Name: fmt.Sprintf("packaged-%d", n), Version: "1.0.0", FormQualifiedName: "Exam Associate CCNA v1.1 LAB 1.3a"})
	out := e.do(request{http.MethodPost, "/api/lablet-definitions", body, as("author", "lab-author")})
	require.Equal(e.t, http.StatusCreated, out.status, string(out.body))
	return decode[api.Definition](e.t, out)
}

// person is a caller; ann owns what the routes are about.
type person struct {
	subject string
	role    api.Role
}

func persons() []person {
	return []person{
		{"ann", api.User}, {"bob", api.User}, {"may", api.Manager}, {"ada", api.Admin}, {"liz", api.LabAuthor}, {"leo", api.LCMAdmin}, {"pat", "something-else"},
	}
}

// expected is the status that a person is answered.
func (a access) expected(p person, success int) int {
	switch {
	case slices.Contains(a.roles, anyone), slices.Contains(a.roles, p.role), a.owner && p.subject == "ann":
		return success
	case a.owner:
		return http.StatusNotFound
	default:
		return http.StatusForbidden
	}
}

func TestEveryPublicRouteLetsInWhomItShould(t *testing.T) {
	routes := public()
	for _, described := range api.Table() {
		info := described.Describe()
		if info.Audience != api.Public {
			continue
		}
		t.Run(info.ID, func(t *testing.T) {
			a, known := routes[info.ID]
			require.True(t, known, "a new route: say here who may call it")
			e := newEdge(t)
			for n, p := range persons() {
				r := a.call(e, n)
				before := e.content()
				nobody := e.do(r)
				require.Equal(t, http.StatusUnauthorized, nobody.status, "without a token")
				require.Equal(t, before, e.content())
				r.headers = as(p.subject, string(p.role))
				out := e.do(r)
				require.Equal(t, a.expected(p, info.Status()), out.status, "%s, %s: %s", p.subject, p.role, out.body)
				if out.status >= http.StatusBadRequest {
					require.Equal(t, before, e.content(), "%s, %s", p.subject, p.role)
				}
			}
		})
	}
	require.Len(t, routes, len(slices.DeleteFunc(api.Table(), func(d api.Described) bool { return d.Describe().Audience != api.Public })), "a route that is gone")
}

func TestListsShowOwnInstancesOnly(t *testing.T) {
	e := newEdge(t)
	d := e.definition("one")
	ann, bob := e.book("ann", d.ID, "a"), e.book("bob", d.ID, "b")
	for _, c := range []struct {
		path, subject, role string
		want                []string
		reason              string
	}{
		{"/api/lablet-instances", "ann", "user", []string{ann.ID}, "a person sees their own"},
		{"/api/lablet-instances", "liz", "lab-author", nil, "an author of labs has none"},
		{"/api/lablet-instances?owner_id=bob", "ann", "user", nil, "asking for another's does not help"},
		{"/api/lablet-instances", "may", "manager", []string{bob.ID, ann.ID}, "a manager sees all, the newest first"},
		{"/api/lablet-instances?owner_id=bob", "ada", "admin", []string{bob.ID}, "an admin may look for one person's"},
		{"/api/lablet-instances/my", "may", "manager", nil, "a manager has none of their own"},
		{"/api/lablet-instances/my?owner_id=bob", "ann", "user", []string{ann.ID}, "mine are mine"},
	} {
		out := e.do(request{http.MethodGet, c.path, "", as(c.subject, c.role)})
		require.Equal(t, http.StatusOK, out.status, string(out.body))
		var got []string
		for _, i := range decode[[]api.InstanceSummary](t, out) {
			got = append(got, i.ID)
		}
		require.Equal(t, c.want, got, c.reason)
		require.Equal(t, fmt.Sprint(len(c.want)), out.header.Get(api.HeaderTotalCount), c.reason)
	}
}

// parameter is one of a path.
func parameter() *regexp.Regexp { return regexp.MustCompile(`\{[a-z_]+\}`) }

func TestEveryInternalRouteNeedsKeyAndTerm(t *testing.T) {
	e := newEdge(t)
	before := e.content()
	for _, described := range api.Table() {
		info := described.Describe()
		if info.Audience != api.Internal {
			continue
		}
		t.Run(info.ID, func(t *testing.T) {
			e := e.in(t)
			r := request{method: info.Method, path: parameter().ReplaceAllString(info.Path, "1")}
			for reason, headers := range map[string][]string{
				"no key": nil, "a wrong key": {api.HeaderAPIKey, "wrong"}, "an empty key": {api.HeaderAPIKey, ""},
				"a person's token": as("ada", "admin"), "a name without its key": {"X-LCM-Service", workers},
			} {
				r.headers = append(headers, api.HeaderTerm, workers+"/1")
				out := e.do(r)
				require.Equal(t, http.StatusUnauthorized, out.status, reason)
				require.Equal(t, "bad_api_key", e.problem(out, r.path).Code, reason)
			}
			if info.NeedsTerm {
				r.headers = by(workers)
				out := e.do(r)
				require.Equal(t, http.StatusUnprocessableEntity, out.status)
				require.Equal(t, "term_missing", e.problem(out, r.path).Code)
			}
			if info.Method != http.MethodGet && info.ID != "issue-term" && info.ID != "forward-event" {
				require.True(t, info.NeedsTerm, "what changes something needs a leader")
			}
		})
	}
	require.Equal(t, before, e.content())
}

// TestS3EveryRouteHasAPolicy is control S3: a route whose audience no test walks would be a hole.
func TestS3EveryRouteHasAPolicy(t *testing.T) {
	open, browsers := map[string]bool{}, map[string]bool{}
	for _, described := range api.Table() {
		switch info := described.Describe(); info.Audience {
		case api.Public, api.Internal:
			// Walked by TestEveryPublicRouteLetsInWhomItShould and TestEveryInternalRouteNeedsKeyAndTerm.
		case api.Inbound:
			require.Equal(t, http.MethodPost, info.Method, "%s: outside systems only hand in events", info.ID)
		case api.Open:
			open[info.ID] = true
		case api.Browser:
			browsers[info.ID] = true
		default:
			require.Fail(t, "a route without a policy", "%s: audience %q", info.ID, info.Audience)
		}
	}
	require.Equal(t, map[string]bool{"login": true, "login-callback": true, "get-session": true, "logout": true, "get-health": true}, open, "what everyone may call is listed here by name")
	require.Equal(t, map[string]bool{"refresh-session": true, "extend-session": true}, browsers)

	e := newEdge(t)
	before := e.content()
	for _, described := range api.Table() {
		info := described.Describe()
		if info.Audience == api.Open || info.Audience == api.Internal {
			continue
		}
		r := request{method: info.Method, path: parameter().ReplaceAllString(info.Path, "1"), headers: by(workers)}
		out := e.do(r)
		require.GreaterOrEqual(t, out.status, http.StatusBadRequest, "%s lets a service's key in", info.ID)
	}
	require.Equal(t, before, e.content())
}
