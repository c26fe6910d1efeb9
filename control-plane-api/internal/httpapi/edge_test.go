package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/etcdkv/memkv"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/leader"
	"github.com/lablet-cloud-manager/lcm/core/resource"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/apptest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/query"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/blobs"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/settings"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/template"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/egress"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/httpapi"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/inbox"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/samples"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/session"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/terms"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/memstore"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

// noon is where the edge's clock stands.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

const token = "token-of-the-pool"

// edge is the API on a real store, without its background work: what a request changes is all that changes.
type edge struct {
	t       *testing.T
	engine  *storetest.FaultyEngine
	kv      *memkv.Store
	handler http.Handler
	log     *record
	// collections are all that the store has.
	collections []store.Collection
}

// record keeps what was logged.
type record struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(p)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// people takes "Bearer subject:role,role" for a token.
type people struct{}

func (people) Verify(_ context.Context, authorization string) (httpapi.Person, error) {
	text, found := strings.CutPrefix(authorization, "Bearer ")
	if !found {
		return httpapi.Person{}, failure.New(failure.Unauthenticated, "token_missing", "The call needs a bearer token.")
	}
	subject, roles, found := strings.Cut(text, ":")
	if !found {
		return httpapi.Person{}, failure.New(failure.Unauthenticated, "bad_token", "The token is not valid here.")
	}
	p := httpapi.Person{Subject: subject}
	for role := range strings.SplitSeq(roles, ",") {
		p.Roles = append(p.Roles, api.Role(role))
	}
	return p, nil
}

type licenseFile struct{}

func (licenseFile) Entry(string, resource.LicenseType) (command.License, bool) {
	return command.License{Name: "pool", Type: resource.LicenseEnterprise, Token: secret.New(token), Seats: 9}, true
}

type fixed struct{}

func (fixed) Effective(context.Context) (settings.Effective, error) { return settings.Defaults(), nil }

func collections() []store.Collection {
	return append(operationCollections(),
		command.WorkerKind().Stored().Collection, command.InstanceKind().Stored().Collection, command.DefinitionKind().Stored().Collection,
		command.TemplateKind().Stored().Collection, repo.ClaimsCollection(), journal.Collection(), terms.Collection(), blobs.Collection(), session.Collection(),
		inbox.Collection(), journal.CheckpointCollection(), command.LabRecordKind().Stored().Collection,
	)
}

func newEdge(t *testing.T) *edge { return newEdgeWith(t, func(*httpapi.Deps) {}) }

// newEdgeWith keeps its documents in memory, since there are many edges; every engine behaves the same.
func newEdgeWith(t *testing.T, change func(*httpapi.Deps)) *edge {
	t.Helper()
	data, err := memstore.NewData(collections()...)
	require.NoError(t, err)
	return newEdgeOn(t, data.Open(), change)
}

func newEdgeOn(t *testing.T, engine store.Engine, change func(*httpapi.Deps)) *edge {
	t.Helper()
	e := &edge{t: t, kv: memkv.New(), log: &record{}, collections: collections(), engine: storetest.Faulty(engine, nil)}
	now := func() time.Time { return noon }
	issued := terms.New(e.engine, e.kv, now)
	deps := repo.Deps{Engine: e.engine, Terms: issued, Now: now}
	workers, instances := repo.New(command.WorkerKind(), deps), repo.New(command.InstanceKind(), deps)
	definitions, templates := repo.New(command.DefinitionKind(), deps), repo.New(command.TemplateKind(), deps)
	files := blobs.New(e.engine, now)
	log := slog.New(slog.NewTextHandler(e.log, nil))
	edgeDeps := httpapi.Deps{
		Commands: command.New(command.Deps{
			Workers: workers, Instances: instances, Definitions: definitions, Templates: templates, Settings: fixed{},
			LabRecords: repo.New(command.LabRecordKind(), deps), Blobs: files,
			Tasks: repo.New(command.TaskKind(), deps), Samples: samples.New(e.engine, e.kv, now, nil),
			Licenses: licenseFile{}, Region: "us-east-1", Now: now, Log: log,
		}),
		Queries:            query.New(query.Deps{Workers: workers, Instances: instances, Settings: fixed{}, Samples: samples.New(e.engine, e.kv, now, nil), Now: now}),
		DefinitionCommands: command.NewDefinitions(definitions, files, now).Notifying(egress.Rules{}, apptest.Sealer{}), DefinitionQueries: query.NewDefinitions(definitions, files),
		TemplateQueries: query.NewTemplates(templates), Terms: issued, Keys: keys(), Tokens: people{}, Log: log, Version: "test",
	}
	e.withEvents(&edgeDeps)
	e.withOperations(&edgeDeps, deps)
	e.withLabs(&edgeDeps, deps, files)
	change(&edgeDeps)
	handler, err := httpapi.New(edgeDeps)
	require.NoError(t, err)
	e.handler = handler
	made, err := template.New(template.Template{
		Name: "large", Description: "large", InstanceType: "m5.metal", License: "pool", LicenseType: resource.LicenseEnterprise,
		Capacity: resource.Capacity{CPUCores: 96, MemoryGB: 384, StorageGB: 500}, Enabled: true,
	}, noon)
	require.NoError(t, err)
	_, err = templates.Create(t.Context(), made)
	require.NoError(t, err)
	return e
}

// in is the same edge for a part of the test.
func (e *edge) in(t *testing.T) *edge {
	part := *e
	part.t = t
	return &part
}

// keyOf is the API key of a controller.
func keyOf(service string) string { return service + "-key-0123456789abcdef0123456789abcdef" }

func keys() *httpapi.Keys {
	k := &httpapi.Keys{}
	for _, service := range []string{scheduler, workers, lablets} {
		k.Add(service, secret.New(keyOf(service)))
	}
	return k
}

const (
	scheduler = "resource-scheduler"
	workers   = "worker-controller"
	lablets   = "lablet-controller"
)

// request is one call of the edge. Headers are names and values in turn.
type request struct {
	method, path, body string
	headers            []string
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (e *edge) do(r request) answer {
	e.t.Helper()
	in := httptest.NewRequestWithContext(e.t.Context(), r.method, r.path, strings.NewReader(r.body))
	if r.body != "" {
		in.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(r.headers); i += 2 {
		in.Header.Set(r.headers[i], r.headers[i+1])
	}
	out := httptest.NewRecorder()
	e.handler.ServeHTTP(out, in)
	a := answer{status: out.Code, header: out.Header(), body: out.Body.Bytes()}
	e.documented(r, a)
	return a
}

// as are the headers of a person; more may follow.
func as(subject, roles string, more ...string) []string {
	return append([]string{"Authorization", "Bearer " + subject + ":" + roles}, more...)
}

// by are the headers of a controller without a term.
func by(service string, more ...string) []string {
	return append([]string{api.HeaderAPIKey, keyOf(service)}, more...)
}

// leading are the headers of a controller's leader, who is named anew.
func (e *edge) leading(service string, more ...string) []string {
	e.t.Helper()
	lease, err := e.kv.Grant(e.t.Context(), time.Minute)
	require.NoError(e.t, err)
	key := leader.Prefix(service) + "only"
	require.NoError(e.t, e.kv.Delete(e.t.Context(), key))
	created, err := e.kv.PutLeased(e.t.Context(), key, nil, lease)
	require.NoError(e.t, err)
	body := marshal(e.t, api.IssueTermBody{Service: service, Key: key, CreateRevision: created})
	out := e.do(request{http.MethodPost, api.RouteIssueTerm.Path, body, by(service)})
	require.Equal(e.t, http.StatusOK, out.status, string(out.body))
	issued := decode[api.IssuedTerm](e.t, out)
	return by(service, append([]string{api.HeaderTerm, api.Term{Service: service, Term: issued.Term}.String()}, more...)...)
}

func marshal(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	require.NoError(t, err)
	return string(text)
}

func decode[T any](t *testing.T, a answer) T {
	t.Helper()
	var value T
	require.NoError(t, json.Unmarshal(a.body, &value), string(a.body))
	return value
}

// problem checks that an answer is a problem document as the contract has it, and gives it.
func (e *edge) problem(a answer, path string) api.Problem {
	e.t.Helper()
	require.Equal(e.t, api.ProblemType, a.header.Get("Content-Type"), string(a.body))
	p := decode[api.Problem](e.t, a)
	require.Equal(e.t, a.status, p.Status)
	require.Equal(e.t, http.StatusText(a.status), p.Title)
	require.Equal(e.t, api.ProblemURI(p.Code), p.Type)
	require.Equal(e.t, path, p.Instance)
	require.GreaterOrEqual(e.t, len(strings.Fields(p.Detail)), 3, "a sentence that helps: %q", p.Detail)
	return p
}

// content is all that the store holds.
func (e *edge) content() map[string][]store.Document {
	e.t.Helper()
	all := map[string][]store.Document{}
	for _, c := range e.collections {
		found, err := e.engine.Find(e.t.Context(), c.Name, store.Query{})
		require.NoError(e.t, err)
		all[c.Name] = found
	}
	return all
}

const labFile = "lab:\n  title: one\n  version: 0.1.0\nnodes:\n  - id: n0\n    label: r1\n    node_definition: iosv\n    interfaces: []\nlinks: []\n"

// definition makes an active definition.
func (e *edge) definition(name string) api.Definition {
	e.t.Helper()
	body := marshal(e.t, api.CreateDefinitionBody{Name: name, Version: "1.0.0", TopologyYAML: labFile, MaxDurationMinutes: 60})
	out := e.do(request{http.MethodPost, "/api/lablet-definitions", body, as("author", "lab-author")})
	require.Equal(e.t, http.StatusCreated, out.status, string(out.body))
	return decode[api.Definition](e.t, out)
}

func slot(definition string, from, until time.Duration) api.CreateInstanceBody {
	start, end := noon.Add(from), noon.Add(until)
	return api.CreateInstanceBody{DefinitionID: definition, TimeslotStart: &start, TimeslotEnd: &end}
}

// book books a lab for a person.
func (e *edge) book(owner, definition, reservation string) api.Instance {
	e.t.Helper()
	body := slot(definition, time.Hour, 90*time.Minute)
	body.ReservationID = reservation
	out := e.do(request{http.MethodPost, "/api/lablet-instances", marshal(e.t, body), as(owner, "user")})
	require.Equal(e.t, http.StatusCreated, out.status, string(out.body))
	return decode[api.Instance](e.t, out)
}

// worker asks for a worker as the scheduler does.
func (e *edge) worker(demand string) api.Ack {
	e.t.Helper()
	body := marshal(e.t, api.ScaleUpBody{TemplateName: "large", Reason: "test", Demand: demand})
	out := e.do(request{http.MethodPost, "/api/internal/workers/scale-up", body, e.leading(scheduler)})
	require.Equal(e.t, http.StatusOK, out.status, string(out.body))
	return decode[api.Ack](e.t, out)
}
