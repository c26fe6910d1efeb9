package contract

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// names are what an example is about in this world: they take the place of the example's own, by the name of the path or query
// parameter or of the field in the body.
type names map[string]any

// stage makes what an operation needs to succeed.
type stage func(w *world) names

// stageOf finds the stage of an operation: its own, or that of the things that its path names.
func stageOf(info api.Info) stage {
	flat := strings.TrimSuffix(info.ID, "-in-region")
	for _, group := range []map[string]stage{workerStages(), instanceStages(), definitionStages(), labStages(), otherStages()} {
		if own, ok := group[flat]; ok {
			return own
		}
	}
	for _, general := range []struct {
		path string
		make stage
	}{
		{"/workers/{id}", func(w *world) names { return names{"id": w.runningWorker()} }},
		{"/lablet-instances/{id}", func(w *world) names { return w.booked() }},
		{"/lablet-definitions/{id}", func(w *world) names { return names{"id": w.definition()} }},
		{"/worker-templates/{id}", func(w *world) names { return names{"id": w.template()} }},
		{"/lab-records/{id}", func(w *world) names { return w.lab("STOPPED") }},
		{"/workers/{worker_id}/labs", func(w *world) names { return w.lab("STOPPED") }},
		{"/labs/{id}/action", func(w *world) names { return w.pendingLab() }},
		{"/lab-imports/{id}", func(w *world) names { return w.importedLab() }},
		{"/tasks/{id}", func(w *world) names { return names{"id": w.task()} }},
	} {
		if strings.Contains(info.Path, general.path) {
			return general.make
		}
	}
	return func(*world) names { return names{} }
}

func otherStages() map[string]stage {
	return map[string]stage{
		"issue-term": func(w *world) names {
			const service = "worker-controller"
			w.term(service)
			delete(w.terms, service) // what is issued next makes the one before stale
			return names{"key": w.elections[service].key, "create_revision": w.elections[service].revision, "service": service}
		},
		"get-worker-template-by-name": named, "get-template-model-by-name": named,
		"verify-audit": func(w *world) names { return names{"kind": "workers", "id": w.shared} },
		"forward-event": func(*world) names {
			event := `{"specversion":"1.0","id":"forwarded","source":"/lds/sessions","type":"com.cisco.lds.session.started","data":{"session_id":"s"}}`
			return names{
				"content": base64.StdEncoding.EncodeToString([]byte(event)),
				"headers": []any{
					map[string]any{"name": "Content-Type", "value": api.CloudEventType},
					map[string]any{"name": "Authorization", "value": "Bearer " + inboundToken},
				},
			}
		},
	}
}

func named(*world) names { return names{"name": templateName} }

// templateName is the template that the examples speak of.
const templateName = "medium"

// prepare makes what all examples share: a template, a definition and a worker on which labs are placed.
func (w *world) prepare() {
	w.t.Helper()
	w.admin(http.MethodPost, "/api/worker-templates",
		`{"name":"`+templateName+`","description":"d","instance_type":"m5.metal","license_type":"enterprise","cpu_cores":96,"memory_gb":384,"storage_gb":2000,"max_nodes":500}`)
	w.shared = w.runningWorker()
	w.tiny = w.definition()
}

// next is a word that no other stage uses.
func (w *world) next(word string) string {
	*w.sequence++
	return fmt.Sprintf("%s-%d", word, *w.sequence)
}

func (w *world) id(content []byte) string {
	w.t.Helper()
	var made struct{ ID string }
	require.NoError(w.t, json.Unmarshal(content, &made), string(content))
	require.NotEmpty(w.t, made.ID, string(content))
	return made.ID
}

func (w *world) template() string {
	w.t.Helper()
	return w.id(w.admin(http.MethodPost, "/api/worker-templates", `{"name":"`+w.next("template")+`","description":"d","instance_type":"m5.large"}`))
}

// task is a request that waits for worker-controller.
func (w *world) task() string {
	w.t.Helper()
	var accepted struct {
		ID string `json:"task_id"`
	}
	require.NoError(w.t, json.Unmarshal(w.admin(http.MethodPost, "/api/workers/import", `{"ami_id":"ami-`+w.next("a")+`"}`), &accepted))
	return accepted.ID
}

// generation is where an aggregate stands, as its services see it.
func (w *world) generation(kind, id string) int64 {
	w.t.Helper()
	response, content := w.do(w.request(http.MethodGet, "/api/internal/"+kind+"/"+id, "", api.HeaderAPIKey, keyOf("worker-controller")))
	require.Equal(w.t, http.StatusOK, response.StatusCode, string(content))
	var model struct{ Generation int64 }
	require.NoError(w.t, json.Unmarshal(content, &model))
	return model.Generation
}
