package httpapi_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// journaled carries the changes of an instance to the journal, as the relay does.
func (e *edge) journaled(id string) {
	e.t.Helper()
	d, err := e.engine.Get(e.t.Context(), "lablet_instances", id)
	require.NoError(e.t, err)
	log := journal.New(e.engine, false)
	for _, raw := range d.Changes {
		require.NoError(e.t, log.Append(e.t.Context(), "instances", id, raw))
	}
	require.NoError(e.t, e.engine.Mark(e.t.Context(), "lablet_instances", id, d.Version, d.Version, 0, true))
}

func (e *edge) audit(query string) ([]api.AuditEntry, http.Header) {
	e.t.Helper()
	out := e.do(request{http.MethodGet, "/api/audit?" + query, "", as("ada", "admin")})
	require.Equal(e.t, http.StatusOK, out.status, string(out.body))
	return decode[[]api.AuditEntry](e.t, out), out.header
}

func TestTheAuditLogSaysWhoDidWhatWhenAndWhy(t *testing.T) {
	e := newEdge(t)
	d := e.definition("one")
	i := e.book("ann", d.ID, "")
	end := request{http.MethodPost, "/api/lablet-instances/" + i.ID + "/terminate", `{"reason":"no longer needed"}`, as("may", "manager", "X-Request-ID", "r1")}
	require.Equal(t, http.StatusOK, e.do(end).status)
	e.journaled(i.ID)
	entries, header := e.audit("kind=instances&id=" + i.ID)
	require.Len(t, entries, 2)
	require.Equal(t, "2", header.Get(api.HeaderTotalCount))
	last := entries[0]
	require.Equal(t, []any{"may", "stored", int64(2), "terminate-lablet-instance", []api.Role{api.Manager}}, []any{last.By, last.Result, last.Version, last.Route, last.Roles})
	require.NotEmpty(t, last.SourceIP)
	require.Contains(t, string(last.After["status"]), "terminated")
	require.Contains(t, string(last.Before["status"]), "pending")
	require.Equal(t, entries[1].Hash, last.PrevHash)
	require.Equal(t, "lablet_instance.terminated.v1", last.Events[0].Type)
	require.Contains(t, string(last.Events[0].Data), "no longer needed")

	for query, want := range map[string]int{
		"by=may": 1, "by=eve": 0, "type=lablet_instance.created.v1": 1, "kind=workers": 0, "id=" + i.ID: 2,
		"from=" + url.QueryEscape(noon.Add(time.Second).Format(time.RFC3339)): 0, "until=" + url.QueryEscape(noon.Add(time.Second).Format(time.RFC3339)): 2,
	} {
		found, _ := e.audit(query)
		require.Len(t, found, want, query)
	}
	first, header := e.audit("limit=1")
	rest, _ := e.audit(strings.SplitN(linked(t, header.Get("Link")), "?", 2)[1])
	require.Len(t, rest, 1)
	require.NotEqual(t, first[0].ID, rest[0].ID)
	e.refuses([]refusal{
		{"a time that is none", request{http.MethodGet, "/api/audit?from=yesterday", "", as("ada", "admin")}, 422, "malformed"},
		{"a kind that is none", request{http.MethodGet, "/api/audit?kind=cats", "", as("ada", "admin")}, 422, "malformed"},
		{"nothing that ever was", request{http.MethodGet, "/api/audit/verify?kind=workers&id=x", "", as("ada", "admin")}, 404, "aggregate_not_found"},
	})
}

// S14: an admin sees that an entry was altered, taken out, or cut off at the end.
func TestS14TamperingIsShown(t *testing.T) {
	verdict := func(e *edge, id string) api.AuditVerdict {
		out := e.do(request{http.MethodGet, "/api/audit/verify?kind=instances&id=" + id, "", as("ada", "admin")})
		require.Equal(t, http.StatusOK, out.status, string(out.body))
		return decode[api.AuditVerdict](t, out)
	}
	cases := []struct {
		reason string
		tamper func(e *edge, id string)
		intact bool
	}{
		{"untouched", func(*edge, string) {}, true},
		{"who did it is changed", func(e *edge, id string) { e.rewrite(id, 1, `"ann"`, `"eve"`) }, false},
		{"the last entry is changed", func(e *edge, id string) { e.rewrite(id, 2, `"ann"`, `"eve"`) }, false},
		{"the first is taken out", func(e *edge, id string) { e.takeOut(id, 1) }, false},
		{"the last is taken out", func(e *edge, id string) { e.takeOut(id, 2) }, false},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			e := newEdge(t)
			i := e.book("ann", e.definition("one").ID, "")
			require.Equal(t, http.StatusOK, e.do(request{http.MethodPost, "/api/lablet-instances/" + i.ID + "/terminate", `{}`, as("ann", "user")}).status)
			e.journaled(i.ID)
			c.tamper(e, i.ID)
			got := verdict(e, i.ID)
			require.Equal(t, c.intact, got.Intact, got.Problem)
			require.Equal(t, c.intact, got.Problem == "")
		})
	}
}

func (e *edge) rewrite(id string, version int64, old, text string) {
	e.t.Helper()
	d, err := e.engine.Get(e.t.Context(), journal.Name, journal.EntryID("instances", id, version))
	require.NoError(e.t, err)
	changed := strings.ReplaceAll(string(d.State), old, text)
	require.NotEqual(e.t, string(d.State), changed)
	d.State, d.Version = []byte(changed), d.Version+1
	require.NoError(e.t, e.engine.Replace(e.t.Context(), journal.Name, d, d.Version-1))
}

func (e *edge) takeOut(id string, version int64) {
	e.t.Helper()
	require.NoError(e.t, e.engine.Delete(e.t.Context(), journal.Name, journal.EntryID("instances", id, version), 1))
	_, err := e.engine.Get(e.t.Context(), journal.Name, journal.EntryID("instances", id, version))
	require.ErrorIs(e.t, err, store.ErrNotFound)
}
