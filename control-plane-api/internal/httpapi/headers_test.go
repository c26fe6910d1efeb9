package httpapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/httpapi"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

func TestACreatedThingSaysWhereItIs(t *testing.T) {
	e := newEdge(t)
	body := marshal(t, api.CreateDefinitionBody{Name: "one", Version: "1.0.0", TopologyYAML: labFile})
	out := e.do(request{http.MethodPost, "/api/lablet-definitions", body, as("author", "lab-author")})
	require.Equal(t, http.StatusCreated, out.status, string(out.body))
	made := decode[api.Definition](t, out)
	require.Equal(t, "/api/lablet-definitions/"+made.ID, out.header.Get("Location"))
	require.Equal(t, `"1"`, out.header.Get("ETag"))
	require.Equal(t, []string{"definitions/" + made.ID + "/1/1"}, out.header.Values(api.HeaderWritten))

	there := e.do(request{http.MethodGet, out.header.Get("Location"), "", as("ann", "user")})
	require.Equal(t, http.StatusOK, there.status)
	require.Equal(t, `"1"`, there.header.Get("ETag"))
	require.Empty(t, there.header.Values(api.HeaderWritten), "reading writes nothing")
	require.Equal(t, made, decode[api.Definition](t, there))
}

func TestAChangeNamesWhatItWrote(t *testing.T) {
	e := newEdge(t)
	i := e.book("ann", e.definition("one").ID, "")
	out := e.do(request{http.MethodPost, "/api/lablet-instances/" + i.ID + "/terminate", `{}`, as("ann", "user")})
	require.Equal(t, http.StatusOK, out.status, string(out.body))
	require.Equal(t, `"2"`, out.header.Get("ETag"))
	written, err := api.ParseWritten(out.header.Get(api.HeaderWritten))
	require.NoError(t, err)
	require.Equal(t, api.Written{Kind: "instances", ID: i.ID, Version: 2, Generation: 2}, written)
}

func TestPagesFollowEachOther(t *testing.T) {
	e := newEdge(t)
	const total = 7
	for n := range total {
		e.definition(fmt.Sprintf("lab-%d", n))
	}
	next, seen := "/api/lablet-definitions?limit=3&status=active", map[string]bool{}
	pages := 0
	for ; next != ""; pages++ {
		require.Less(t, pages, total, "pages come to an end")
		out := e.do(request{http.MethodGet, next, "", as("ann", "user")})
		require.Equal(t, http.StatusOK, out.status, string(out.body))
		require.Equal(t, fmt.Sprint(total), out.header.Get(api.HeaderTotalCount))
		for _, d := range decode[[]api.DefinitionSummary](t, out) {
			require.False(t, seen[d.ID], "no row twice")
			seen[d.ID] = true
		}
		next = linked(t, out.header.Get("Link"))
	}
	require.Len(t, seen, total, "no row left out")
	require.Equal(t, 3, pages)
	out := e.do(request{http.MethodGet, "/api/lablet-definitions?skip=5", "", as("ann", "user")})
	require.Len(t, decode[[]api.DefinitionSummary](t, out), 2)
	out = e.do(request{http.MethodGet, "/api/workers", "", as("ann", "user")})
	require.Equal(t, "[]", strings.TrimSpace(string(out.body)), "nothing is an empty list")
}

// linked gives the address of a Link header's next page, "" when there is none.
func linked(t *testing.T, link string) string {
	t.Helper()
	if link == "" {
		return ""
	}
	address, rel, found := strings.Cut(strings.TrimPrefix(link, "<"), ">; ")
	require.True(t, found, link)
	require.Equal(t, `rel="next"`, rel)
	return address
}

func TestEveryAnswerIsSecured(t *testing.T) {
	e := newEdge(t)
	for _, r := range []request{
		{http.MethodGet, "/api/lablet-definitions", "", as("ann", "user")}, {http.MethodGet, "/api/nothing", "", nil}, {http.MethodGet, "/api/workers", "", nil},
	} {
		header := e.do(r).header
		require.Equal(t, "nosniff", header.Get("X-Content-Type-Options"), r.path)
		require.Equal(t, "no-store", header.Get("Cache-Control"), r.path)
		require.Equal(t, "DENY", header.Get("X-Frame-Options"), r.path)
		require.Contains(t, header.Get("Content-Security-Policy"), "default-src 'none'", r.path)
	}
}

func TestTheTokenGoesToItsControllerOnly(t *testing.T) {
	e := newEdge(t)
	w := e.worker("demand")
	leading := e.leading(workers)
	bare := e.do(request{http.MethodPost, "/api/internal/workers/" + w.ID + "/license/token", "", leading})
	require.Equal(t, http.StatusConflict, bare.status, "nothing is pending")
	require.Equal(t, "no_pending_operation", e.problem(bare, "/api/internal/workers/"+w.ID+"/license/token").Code)

	e.ready(w, leading)
	fetch := request{method: http.MethodPost, path: "/api/internal/workers/" + w.ID + "/license/token"}
	for _, service := range []string{scheduler, lablets} {
		fetch.headers = e.leading(service)
		out := e.do(fetch)
		require.Equal(t, http.StatusForbidden, out.status, "%s registers no licence", service)
		require.NotContains(t, string(out.body), token)
	}
	fetch.headers = leading
	out := e.do(fetch)
	require.Equal(t, http.StatusOK, out.status, string(out.body))
	require.Equal(t, token, decode[api.LicenseToken](t, out).Token)
	require.Equal(t, "no-store", out.header.Get("Cache-Control"))

	shown := e.do(request{http.MethodGet, "/api/workers/" + w.ID, "", as("ada", "admin")})
	model := e.do(request{http.MethodGet, "/api/internal/workers/" + w.ID, "", by(lablets)})
	for _, text := range []string{string(shown.body), string(model.body), e.log.String(), marshal(t, e.content())} {
		require.NotContains(t, text, token, "nowhere else")
	}
}

// ready takes a worker to where its CML answers and has no licence.
func (e *edge) ready(w api.Ack, leading []string) {
	e.t.Helper()
	for _, step := range []struct{ path, body string }{
		{"/launch", marshal(e.t, api.PlanLaunchBody{
			Generation: w.Generation, AMIID: "ami-1", InstanceType: "m5.metal", SubnetID: "subnet-1", SecurityGroupIDs: []string{"sg-1"}, DiskGB: 100,
		})},
		{"/status", `{"status":"running"}`},
		{"/cml-data", marshal(e.t, api.ReportCMLDataBody{
			Version: "2.9.0", Ready: true, License: &api.CMLLicenseInfo{RegistrationStatus: "NOT_REGISTERED"}, CollectedAt: noon,
		})},
	} {
		out := e.do(request{http.MethodPost, "/api/internal/workers/" + w.ID + step.path, step.body, leading})
		require.Equal(e.t, http.StatusOK, out.status, "%s: %s", step.path, out.body)
	}
}

func TestTooManyCallsAreSlowedDown(t *testing.T) {
	e := newEdgeWith(t, func(d *httpapi.Deps) { d.Limits = httpapi.Limits{PerSecond: 0.001, Burst: 2} })
	call := request{http.MethodGet, "/api/workers", "", as("ann", "user")}
	require.Equal(t, http.StatusOK, e.do(call).status)
	require.Equal(t, http.StatusOK, e.do(call).status)
	out := e.do(call)
	require.Equal(t, http.StatusTooManyRequests, out.status)
	require.Equal(t, "rate_limited", e.problem(out, call.path).Code)
	require.Equal(t, "1", out.header.Get("Retry-After"))
	call.headers = as("bob", "user")
	require.Equal(t, http.StatusOK, e.do(call).status, "each caller has a budget of their own")
}

func TestWithoutTheStoreTheAnswerIsTryAgain(t *testing.T) {
	e := newEdge(t)
	d := e.definition("one")
	e.engine.SetHook(storetest.Always(storetest.Fault{Fail: fmt.Errorf("disk at /var/lib/secret: %w", store.ErrUnavailable)}))
	for _, r := range []request{
		{http.MethodGet, "/api/lablet-definitions/" + d.ID, "", as("ann", "user")},
		{http.MethodPost, "/api/lablet-instances", marshal(t, slot(d.ID, 0, 1)), as("ann", "user")},
		{http.MethodGet, "/api/internal/workers", "", by(workers)},
	} {
		out := e.do(r)
		require.Equal(t, http.StatusServiceUnavailable, out.status, r.path)
		e.problem(out, r.path)
		require.NotEmpty(t, out.header.Get("Retry-After"), r.path)
		require.NotContains(t, string(out.body), "/var/lib", "inner text stays inside")
	}
	require.Contains(t, e.log.String(), "/var/lib", "the log has it")
}

func TestAnErrorThatNobodyForesawShowsNothing(t *testing.T) {
	e := newEdge(t)
	d := e.definition("one")
	e.engine.SetHook(storetest.Always(storetest.Fault{Fail: failure.New(failure.Internal, "inner", "password=hunter2")}))
	out := e.do(request{http.MethodGet, "/api/lablet-definitions/" + d.ID, "", as("ann", "user")})
	require.GreaterOrEqual(t, out.status, http.StatusInternalServerError)
	e.problem(out, "/api/lablet-definitions/"+d.ID)
	require.NotContains(t, string(out.body), "hunter2")
}
