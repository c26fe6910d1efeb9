package httpapi_test

import (
	"context"
	"fmt"
	"net/http"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/leader"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/resource"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/definition"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/terms"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

// raceRefusals are refused since something else has come in between, or since what is stored is not what the API would store now.
func raceRefusals() []refused {
	return []refused{
		{op: "issue-term", code: "term_contention", call: contendedTerm},
		{op: "extend-lablet-instance", code: "placement_changing", call: func(e *edge) request {
			// Placed, and nothing booked: so it looks while a place is given up for another.
			id := e.annsAt(0, lifecycle.InstanceScheduled)
			return request{http.MethodPost, "/api/lablet-instances/" + id + "/extend", `{"new_timeslot_end":"2026-03-02T13:45:00Z"}`, as("ann", "user")}
		}},
		{op: "schedule-instance", code: "not_booked", call: overtakenSchedule},
		{op: "definition-content-synced", code: "bad_requirements", call: olderDefinition},
		{op: "definition-content-synced", code: "artifact_changed", call: func(e *edge) request {
			id := e.packaged(0).ID
			path, leading := "/api/internal/lablet-definitions/"+id+"/content-synced", e.leading(lablets)
			e.must(request{http.MethodPost, path, foundLab(labFile), leading})
			e.must(request{http.MethodPost, "/api/lablet-definitions/" + id + "/deprecate", "", as("ada", "admin")})
			return request{http.MethodPost, path, foundLab(manyNodes(2, 1)), leading}
		}},
	}
}

// must makes a request that has to succeed.
func (e *edge) must(r request) answer {
	e.t.Helper()
	out := e.do(r)
	require.Less(e.t, out.status, http.StatusMultipleChoices, string(out.body))
	return out
}

// foundLab is the result of a content sync that found a lab file.
func foundLab(file string) string {
	return fmt.Sprintf(`{"sync_status":"success","cml_yaml_content":%q}`, file)
}

// after runs do each time when a collection was read and before the reader sees it.
func (e *edge) after(op storetest.Op, collection string, do func()) {
	e.engine.SetHook(func(_ context.Context, call storetest.Call) storetest.Fault {
		if call.Op != op || call.Collection != collection {
			return storetest.Fault{}
		}
		return storetest.Fault{Then: do}
	})
}

// contendedTerm asks for a term while others raise the counter each time that it was read.
func contendedTerm(e *edge) request {
	e.leading(scheduler)
	key := leader.Prefix(scheduler) + "only"
	page, err := e.kv.List(e.t.Context(), key, "", 1, 0)
	require.NoError(e.t, err)
	stored, err := e.engine.Get(e.t.Context(), terms.Name, scheduler)
	require.NoError(e.t, err)
	e.after(storetest.Get, terms.Name, func() {
		next := stored
		next.Version++
		require.NoError(e.t, e.engine.Replace(e.t.Context(), terms.Name, next, stored.Version))
		stored = next
	})
	body := marshal(e.t, api.IssueTermBody{Service: scheduler, Key: key, CreateRevision: page.Items[0].CreateRevision})
	return request{http.MethodPost, api.RouteIssueTerm.Path, body, by(scheduler)}
}

// overtakenSchedule places an instance at a generation that it has only come to when nothing was booked for it.
func overtakenSchedule(e *edge) request {
	i, worker := e.anns(0), e.placeable()
	body := fmt.Sprintf(`{"worker_id":%q,"scheduled_by":"s","generation":%d}`, worker, e.generation(i.ID)+1)
	extend := request{http.MethodPost, "/api/lablet-instances/" + i.ID + "/extend", `{"new_timeslot_end":"2026-03-02T13:45:00Z"}`, as("ann", "user")}
	leading, extended := e.leading(scheduler), false
	e.after(storetest.Get, command.WorkerKind().Stored().Collection.Name, func() {
		if !extended {
			extended = true
			e.must(extend)
		}
	})
	return request{http.MethodPost, "/api/internal/lablet-instances/" + i.ID + "/schedule", body, leading}
}

// olderDefinition is a definition of a time when bounds of CML versions were not checked, and a sync of it.
func olderDefinition(e *edge) request {
	id := e.packaged(0).ID
	bad := []resource.AMIRequirement{{CMLVersionMin: "2.10", CMLVersionMax: "2.9"}}
	_, _, err := repo.New(command.DefinitionKind(), e.deps()).Update(e.t.Context(), id, func(d *definition.Definition) error {
		d.Given.AMI, d.Requirements.AMIRequirements = bad, bad
		d.Note("lablet_definition.updated.v1", struct{}{}) // without an event it is no change
		return nil
	})
	require.NoError(e.t, err)
	return request{http.MethodPost, "/api/internal/lablet-definitions/" + id + "/content-synced", foundLab(labFile), e.leading(lablets)}
}
