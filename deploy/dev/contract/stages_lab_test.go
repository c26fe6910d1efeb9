package contract

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/stretchr/testify/require"
)

const labFile = `"lab:\n  title: one\n  version: 0.1.0\nnodes:\n  - id: n0\n    label: r1\n    node_definition: iosv\n    interfaces: []\nlinks: []\n"`

func definitionStages() map[string]stage {
	packaged := func(w *world) names { return names{"id": w.packaged()} }
	after := func(verb, method string) stage {
		return func(w *world) names {
			id := w.definition()
			w.admin(method, "/api/lablet-definitions/"+id+"/"+verb, "")
			return names{"id": id}
		}
	}
	return map[string]stage{
		"sync-lablet-definition": packaged, "definition-content-synced": packaged,
		"activate-lablet-definition": after("deactivate", http.MethodPatch), "archive-lablet-definition": after("deprecate", http.MethodPost),
		"get-lablet-definition-by-version": func(w *world) names {
			w.definition()
			return names{"name": fmt.Sprintf("definition-%d", *w.sequence), "version": "1.0.0"}
		},
		"create-lablet-definition": func(w *world) names { return names{"name": w.next("example")} },
	}
}

func labStages() map[string]stage {
	started := func(w *world) names { return w.lab("STARTED") }
	pending := func(w *world) names { return w.pendingLab() }
	bound := func(w *world) names {
		l := w.lab("STARTED")
		l["lablet_instance_id"] = w.instance("ready")["id"]
		return l
	}
	fresh := func(w *world) names { return names{"id": w.runningWorker(), "worker_id": w.runningWorker()} }
	return map[string]stage{
		"stop-lab-record": started, "stop-lab": started, "bind-lab-record": bound, "bind-lab": bound, "unbind-lab-record": bound, "unbind-lab": bound,
		"start-lab-record-action": pending, "complete-lab-record-action": pending, "fail-lab-record-action": pending,
		"discover-lab-records": fresh, "sync-lab-records": fresh, "import-lab-record": fresh, "import-lab": fresh, "refresh-labs": fresh, "list-labs": fresh,
	}
}

// definition is a lab that may be booked.
func (w *world) definition() string {
	w.t.Helper()
	return w.id(w.admin(http.MethodPost, "/api/lablet-definitions", fmt.Sprintf(
		`{"name":%q,"version":"1.0.0","max_duration_minutes":120,"collection_enabled":true,"grading_enabled":true,"topology_yaml":%s}`, w.next("definition"), labFile)))
}

// packaged is a definition that waits for its content.
func (w *world) packaged() string {
	w.t.Helper()
	return w.id(w.admin(http.MethodPost, "/api/lablet-definitions",
		fmt.Sprintf(`{"name":%q,"version":"1.0.0","form_qualified_name":"Exam Associate CCNA v1.1 LAB 1.3a"}`, w.next("packaged"))))
}

// lab is the record of a lab that was seen on the shared worker, with its file.
func (w *world) lab(state string) names {
	w.t.Helper()
	labID := w.next("lab")
	w.lead(labs, "/api/internal/lab-records/discover", fmt.Sprintf(
		`{"worker_id":%q,"partial_scan":true,"labs":[{"lab_id":%q,"title":"one","state":%q}]}`, w.shared, labID, state))
	var found []struct {
		ID    string
		LabID string `json:"lab_id"`
	}
	require.NoError(w.t, json.Unmarshal(w.admin(http.MethodGet, "/api/lab-records?limit=1&worker_id="+w.shared, ""), &found))
	require.Equal(w.t, labID, found[0].LabID, "the newest comes first")
	w.lead(labs, "/api/internal/lab-records/"+found[0].ID+"/topology", `{"topology_data":`+labFile+`}`)
	return names{"id": found[0].ID, "lab_id": labID, "worker_id": w.shared}
}

// pendingLab is one that waits to be started.
func (w *world) pendingLab() names {
	w.t.Helper()
	l := w.lab("STOPPED")
	w.admin(http.MethodPost, fmt.Sprintf("/api/lab-records/%v/start", l["id"]), "")
	return names{"id": l["id"]}
}

// importedLab is one that waits to be imported.
func (w *world) importedLab() names {
	w.t.Helper()
	var accepted struct {
		ID string `json:"lab_record_id"`
	}
	content := w.admin(http.MethodPost, "/api/lab-records/import", fmt.Sprintf(`{"worker_id":%q,"topology_yaml":%s}`, w.shared, labFile))
	require.NoError(w.t, json.Unmarshal(content, &accepted), string(content))
	return names{"id": accepted.ID}
}
