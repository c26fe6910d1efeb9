package httpapi_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// refusal is a request that must change nothing and say why.
type refusal struct {
	reason string
	request
	status int
	code   string
}

func (e *edge) refuses(cases []refusal) {
	for _, c := range cases {
		e.t.Run(c.reason, func(t *testing.T) {
			e := e.in(t)
			before := e.content()
			out := e.do(c.request)
			path, _, _ := strings.Cut(c.path, "?")
			p := e.problem(out, path)
			require.Equal(t, c.status, out.status, "%+v", p)
			require.Equal(t, c.code, p.Code, "%+v", p)
			require.Equal(t, before, e.content(), "nothing changed")
			require.NotContains(t, string(out.body), "goroutine")
		})
	}
}

func TestWhatDoesNotFitTheContractIsRefused(t *testing.T) {
	e := newEdge(t)
	d := e.definition("one")
	definitions, instances := "/api/lablet-definitions", "/api/lablet-instances"
	author, ann := as("author", "lab-author"), as("ann", "user")
	booking := marshal(t, slot(d.ID, time.Hour, 2*time.Hour))
	post := func(path, body string, headers []string) request {
		return request{http.MethodPost, path, body, headers}
	}
	e.refuses([]refusal{
		{"unknown field", post(definitions, `{"name":"a","version":"1.0.0","topology_yml":""}`, author), 422, "malformed"},
		{"unknown field deep inside", post(definitions, `{"name":"a","version":"1.0.0","owner_notification":{"e_mail":"x"}}`, author), 422, "malformed"},
		{"unknown query parameter", request{http.MethodGet, instances + "?state=ready", "", ann}, 422, "malformed"},
		{"a number where text belongs", post(definitions, `{"name":1,"version":"1.0.0"}`, author), 422, "malformed"},
		{"a list where an object belongs", post(instances, `[]`, ann), 422, "malformed"},
		{"null", post(instances, `null`, ann), 422, "malformed"},
		{"no body", post(instances, ``, ann), 422, "malformed"},
		{"half of a body", post(instances, booking[:len(booking)/2], ann), 422, "malformed"},
		{"two bodies", post(instances, booking+booking, ann), 422, "malformed"},
		{"not JSON", post(instances, `definition_id: x`, ann), 422, "malformed"},
		{"a field that must be there is not", post(instances, `{}`, ann), 422, "malformed"},
		{"no time", post(instances, `{"definition_id":"x","timeslot_start":"tomorrow"}`, ann), 422, "malformed"},
		{"more cores than a machine has", post(definitions, `{"name":"a","version":"1.0.0","cpu_cores":193}`, author), 422, "malformed"},
		{"a limit above the highest", request{http.MethodGet, instances + "?limit=201", "", ann}, 422, "malformed"},
		{"a limit that is no number", request{http.MethodGet, instances + "?limit=all", "", ann}, 422, "malformed"},
		{"a cursor of one's own", request{http.MethodGet, instances + "?cursor=abc", "", ann}, 422, "bad_cursor"},
		{"another language", post(instances, booking, append(ann, "Content-Type", "application/x-www-form-urlencoded")), 415, "media_type"},
		{"a key too long", post(instances, booking, append(ann, api.HeaderIdempotencyKey, strings.Repeat("k", 129))), 422, "malformed"},
		{"a body too large", post(instances, `{"definition_id":"`+strings.Repeat("x", 1<<20)+`"}`, ann), 413, "body_too_large"},
		{"a lab file too large", post(definitions, `{"name":"a","version":"1.0.0","topology_yaml":"`+strings.Repeat("x", 6<<20)+`"}`, author), 413, "body_too_large"},
		{"no such path", request{http.MethodGet, "/api/nothing", "", ann}, 404, "route_not_found"},
		{"no such method", request{http.MethodPut, definitions, "", author}, 405, "method_not_allowed"},
	})
}

func TestWhatMakesNoSenseIsRefused(t *testing.T) {
	e := newEdge(t)
	d := e.definition("one")
	e.book("ann", d.ID, "reservation-1")
	post := func(path string, body any, headers []string) request {
		return request{http.MethodPost, path, marshal(t, body), headers}
	}
	define := func(change func(*api.CreateDefinitionBody)) request {
		body := api.CreateDefinitionBody{Name: "two", Version: "1.0.0", TopologyYAML: labFile, MaxDurationMinutes: 60}
		change(&body)
		return post("/api/lablet-definitions", body, as("author", "lab-author"))
	}
	book := func(body api.CreateInstanceBody) request {
		return post("/api/lablet-instances", body, as("ann", "user"))
	}
	again := slot(d.ID, time.Hour, 90*time.Minute)
	again.ReservationID = "reservation-1"
	stranger := slot(d.ID, time.Hour, 90*time.Minute)
	stranger.OwnerID = "bob"
	open := slot(d.ID, time.Hour, 90*time.Minute)
	open.TimeslotEnd = nil
	e.refuses([]refusal{
		{"not YAML", define(func(b *api.CreateDefinitionBody) { b.TopologyYAML = "lab: [" }), 400, "bad_topology"},
		{"YAML, but no lab", define(func(b *api.CreateDefinitionBody) { b.TopologyYAML = "just text" }), 400, "bad_topology"},
		{"a lab without nodes", define(func(b *api.CreateDefinitionBody) { b.TopologyYAML = "lab:\n  version: 0.1.0\nnodes: []\nlinks: []\n" }), 400, "bad_topology"},
		{"no source", define(func(b *api.CreateDefinitionBody) { b.TopologyYAML = "" }), 400, "definition_source"},
		{"half of a source", define(func(b *api.CreateDefinitionBody) { b.LabArtifactURI = "s3://bucket/package.zip" }), 400, "definition_source"},
		{"the older name of a form", define(func(b *api.CreateDefinitionBody) { b.TopologyYAML, b.FormQualifiedName = "", "org/project/form" }), 400, "bad_form_qualified_name"},
		{"no such licence", define(func(b *api.CreateDefinitionBody) { b.LicenseAffinity = append(b.LicenseAffinity, "golden") }), 400, "bad_license_type"},
		{"the end before the start", book(slot(d.ID, 2*time.Hour, time.Hour)), 400, "timeslot_end_before_start"},
		{"a slot of no length", book(slot(d.ID, time.Hour, time.Hour)), 400, "timeslot_end_before_start"},
		{"a start in the past", book(slot(d.ID, -6*time.Minute, 30*time.Minute)), 400, "timeslot_in_past"},
		{"longer than the definition allows", book(slot(d.ID, time.Hour, 3*time.Hour)), 400, "timeslot_too_long"},
		{"a start without an end", book(open), 400, "timeslot_missing"},
		{"no slot at all", book(api.CreateInstanceBody{DefinitionID: d.ID}), 400, "timeslot_missing"},
		{"an unknown definition", book(slot("nothing", time.Hour, 90*time.Minute)), 404, "definition_not_found"},
		{"a reservation that was used", book(again), 409, "reservation_exists"},
		{"for another person", book(stranger), 403, "owner_not_yours"},
		{"the same version again", define(func(b *api.CreateDefinitionBody) { b.Name = "one" }), 409, "definition_exists"},
		{"an unknown instance", request{http.MethodGet, "/api/lablet-instances/nothing", "", as("ann", "user")}, 404, "instance_not_found"},
		{"an unknown worker", request{http.MethodGet, "/api/workers/nothing", "", as("ann", "user")}, 404, "worker_not_found"},
		{"no such status", request{http.MethodGet, "/api/lablet-instances?status=sleeping", "", as("ann", "user")}, 400, "bad_status"},
		{"a sync of what has no source", request{http.MethodPost, "/api/lablet-definitions/" + d.ID + "/sync", "", as("author", "lab-author")}, 400, "no_content_source"},
	})
}

// A version that is no semantic version is told after the lab file was kept by its hash, which nothing refers to; so it is
// looked at apart.
func TestABadVersionMakesNoDefinition(t *testing.T) {
	e := newEdge(t)
	body := marshal(t, api.CreateDefinitionBody{Name: "two", Version: "one", TopologyYAML: labFile})
	out := e.do(request{http.MethodPost, "/api/lablet-definitions", body, as("author", "lab-author")})
	require.Equal(t, http.StatusBadRequest, out.status)
	require.Equal(t, "bad_version", e.problem(out, "/api/lablet-definitions").Code)
	require.Empty(t, e.content()["lablet_definitions"])
}

func TestWhoMayNotCallIsRefused(t *testing.T) {
	e := newEdge(t)
	d := e.definition("one")
	i := e.book("ann", d.ID, "")
	w := e.worker("demand")
	old := e.leading(workers)
	e.leading(workers)
	status := "/api/internal/workers/" + w.ID + "/status"
	report := func(headers []string) request {
		return request{http.MethodPost, status, `{"status":"running"}`, headers}
	}
	e.refuses([]refusal{
		{"no token", request{http.MethodGet, "/api/workers", "", nil}, 401, "token_missing"},
		{"a bad token", request{http.MethodGet, "/api/workers", "", []string{"Authorization", "Bearer junk"}}, 401, "bad_token"},
		{"a service's key in a person's place", request{http.MethodGet, "/api/workers", "", by(workers)}, 401, "token_missing"},
		{"a person in a service's place", request{http.MethodGet, "/api/internal/workers", "", as("root", "admin")}, 401, "bad_api_key"},
		{"the wrong role", request{http.MethodDelete, "/api/workers/" + w.ID, "", as("ann", "user,manager")}, 403, "role_missing"},
		{"another's instance", request{http.MethodDelete, "/api/lablet-instances/" + i.ID, "", as("bob", "user")}, 404, "instance_not_found"},
		{"no key", report(nil), 401, "bad_api_key"},
		{"a wrong key", report([]string{api.HeaderAPIKey, keyOf(workers) + "x", api.HeaderTerm, workers + "/2"}), 401, "bad_api_key"},
		{"no term", report(by(workers)), 422, "term_missing"},
		{"a term that is none", report(by(workers, api.HeaderTerm, "2")), 422, "bad_term"},
		{"another service's term", report(by(workers, api.HeaderTerm, scheduler+"/1")), 422, "bad_term"},
		{"a stale term", report(old), 409, "stale_term"},
		{"a term that was never issued", report(by(workers, api.HeaderTerm, workers+"/99")), 409, "stale_term"},
		{"another service's election", request{http.MethodPost, "/api/internal/terms", `{"service":"worker-controller","key":"/lcm-leader/worker-controller/only","create_revision":1}`, by(scheduler)}, 403, "other_service"},
		{"who does not lead", request{http.MethodPost, "/api/internal/terms", `{"service":"worker-controller","key":"/lcm-leader/worker-controller/only","create_revision":1}`, by(workers)}, 409, "not_leader"},
	})
	out := e.do(request{http.MethodGet, "/api/workers", "", nil})
	require.Contains(t, out.header.Get("WWW-Authenticate"), "Bearer")
	require.NotContains(t, e.log.String(), keyOf(workers), "no key is logged")
}

func TestAKeyThatIsUsedAgain(t *testing.T) {
	e := newEdge(t)
	d := e.definition("one")
	body := slot(d.ID, time.Hour, 90*time.Minute)
	first := request{http.MethodPost, "/api/lablet-instances", marshal(t, body), as("ann", "user", api.HeaderIdempotencyKey, "k1")}
	made := decode[api.Instance](t, e.do(first))

	before := e.content()
	repeat := e.do(first)
	require.Equal(t, http.StatusCreated, repeat.status)
	require.Equal(t, made.ID, decode[api.Instance](t, repeat).ID, "the same answer")
	require.Equal(t, before, e.content(), "and nothing more")

	other := first
	other.body = marshal(t, slot(d.ID, 2*time.Hour, 150*time.Minute))
	e.refuses([]refusal{{"with another body", other, 422, "idempotency_key_reused"}})

	another := first
	another.headers = as("bob", "user", api.HeaderIdempotencyKey, "k1")
	theirs := e.do(another)
	require.Equal(t, http.StatusCreated, theirs.status)
	require.NotEqual(t, made.ID, decode[api.Instance](t, theirs).ID, "another caller's key is another key")

	end := request{http.MethodPost, "/api/lablet-instances/" + made.ID + "/terminate", `{"reason":"done"}`, as("ann", "user", api.HeaderIdempotencyKey, "k2")}
	require.Equal(t, http.StatusOK, e.do(end).status)
	before = e.content()
	require.Equal(t, http.StatusOK, e.do(end).status, "a repeat of a change")
	require.Equal(t, before, e.content())
	end.body = `{"reason":"another"}`
	e.refuses([]refusal{{"a change with another body", end, 422, "idempotency_key_reused"}})
}

func TestAGenerationThatHasPassed(t *testing.T) {
	e := newEdge(t)
	w := e.worker("demand")
	body := marshal(t, api.PlanLaunchBody{
		Generation: w.Generation + 1, AMIID: "ami-1", InstanceType: "m5.metal", SubnetID: "subnet-1", SecurityGroupIDs: []string{"sg-1"}, DiskGB: 100,
	})
	launch := request{http.MethodPost, "/api/internal/workers/" + w.ID + "/launch", body, e.leading(workers)}
	e.refuses([]refusal{{"decided on another generation", launch, 412, "generation_changed"}})
}
