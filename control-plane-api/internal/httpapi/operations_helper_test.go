package httpapi_test

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/query"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/settings"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/httpapi"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/samples"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

func operationCollections() []store.Collection {
	return []store.Collection{
		command.TaskKind().Stored().Collection, command.SettingsKind(settings.Defaults()).Stored().Collection, samples.Collection(),
	}
}

// withOperations gives an edge real templates, settings and tasks, and a system whose parts a test looks through.
func (e *edge) withOperations(d *httpapi.Deps, deps repo.Deps) {
	environment := settings.Defaults()
	stored := repo.New(command.SettingsKind(environment), deps)
	now := func() time.Time { return noon }
	figures := samples.New(e.engine, e.kv, now, nil)
	workers := repo.New(command.WorkerKind(), deps)
	d.Operations = httpapi.Operations{
		TemplateCommands: command.NewTemplates(repo.New(command.TemplateKind(), deps), now),
		SettingsCommands: command.NewSystemSettings(stored, environment, now),
		SettingsQueries:  query.NewSettings(stored, environment),
		TaskQueries:      query.NewTasks(repo.New(command.TaskKind(), deps), workers),
		System: query.NewSystem(query.SystemDeps{
			Trials: []query.Trial{{Name: "database", Do: func(ctx context.Context) (api.Component, error) {
				return api.Component{Status: query.Healthy}, e.engine.Ping(ctx)
			}}},
			Jobs:    func() []api.Job { return []api.Job{{ID: "claims", Name: "claims", IntervalSeconds: 5}} },
			Leading: func() (bool, string) { return false, "other" },
			Workers: workers, Samples: figures, Settings: fixed{}, Now: now,
		}),
	}
}

// machine is a worker that runs.
func (e *edge) machine(name string) string {
	e.t.Helper()
	id := e.worker(name).ID
	body := fmt.Sprintf(`{"status":"running","ec2_instance_id":"i-%s"}`, id)
	out := e.do(request{http.MethodPost, "/api/internal/workers/" + id + "/status", body, e.leading(workers)})
	require.Equal(e.t, http.StatusOK, out.status, string(out.body))
	return id
}

// annsTask is an import that ann asked for while she was an admin.
func (e *edge) annsTask() string {
	e.t.Helper()
	out := e.do(request{http.MethodPost, "/api/workers/import", `{"import_all":true}`, as("ann", "admin")})
	require.Equal(e.t, http.StatusAccepted, out.status, string(out.body))
	accepted := decode[api.ImportAccepted](e.t, out)
	require.Equal(e.t, "/api/tasks/"+accepted.TaskID, out.header.Get("Location"))
	return accepted.TaskID
}

// newTemplate is a template besides "large".
func (e *edge) newTemplate(n int) string {
	e.t.Helper()
	body := fmt.Sprintf(`{"name":"made-%d","description":"d","instance_type":"m5.large"}`, n)
	out := e.do(request{http.MethodPost, "/api/worker-templates", body, as("ada", "admin")})
	require.Equal(e.t, http.StatusCreated, out.status, string(out.body))
	return decode[api.Template](e.t, out).ID
}
