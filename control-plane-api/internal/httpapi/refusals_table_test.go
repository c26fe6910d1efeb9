package httpapi_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
)

// refusals are requests that are refused, one for each code at least.
func refusals() []refused {
	return slices.Concat(generalRefusals(), definitionRefusals(), templateRefusals(), workerRefusals(), instanceRefusals(), placingRefusals(), labRefusals(), raceRefusals(), otherRefusals())
}

func generalRefusals() []refused {
	stale := func(e *edge) request {
		headers := e.leading(workers)
		e.leading(workers)
		return request{http.MethodPost, "/api/internal/workers/" + e.worker("one").ID + "/conditions", `{"conditions":[{"type":"a","status":"True","reason":"b","message":"c","since":"2026-01-01T00:00:00Z"}]}`, headers}
	}
	return []refused{
		{code: "token_missing", call: func(*edge) request { return request{method: http.MethodGet, path: "/api/workers"} }},
		{code: "bad_token", call: func(*edge) request {
			return request{method: http.MethodGet, path: "/api/workers", headers: []string{"Authorization", "Bearer x"}}
		}},
		{code: "role_missing", call: func(*edge) request {
			return request{method: http.MethodGet, path: "/api/settings", headers: as("ann", "user")}
		}},
		{code: "bad_api_key", call: func(*edge) request { return request{method: http.MethodGet, path: "/api/internal/workers"} }},
		{code: "bad_term", call: func(*edge) request {
			return request{method: http.MethodGet, path: "/api/internal/workers", headers: by(workers, api.HeaderTerm, "x")}
		}},
		{code: "term_missing", call: func(*edge) request {
			return request{method: http.MethodPost, path: "/api/internal/workers/w/conditions", headers: by(workers)}
		}},
		{code: "stale_term", call: stale},
		{code: "other_service", call: func(e *edge) request {
			return request{http.MethodPost, "/api/internal/workers/" + e.worker("one").ID + "/license/token", "", e.leading(scheduler)}
		}},
		{code: "malformed", call: on(http.MethodGet, "/api/workers?nothing=1", "")},
		{code: "bad_cursor", call: on(http.MethodGet, "/api/workers?cursor=x", "")},
		{code: "bad_etag", call: func(e *edge) request {
			return request{http.MethodPost, "/api/workers/" + e.worker("one").ID + "/stop", "", as("ada", "admin", "If-Match", "x")}
		}},
		{code: "version_changed", call: func(e *edge) request {
			return request{http.MethodPost, "/api/lablet-instances/" + e.anns(0).ID + "/terminate", "", as("ann", "user", "If-Match", `"77"`)}
		}},
		{code: "version_changed", call: func(e *edge) request {
			return request{http.MethodPost, "/api/lab-records/" + e.lab(0, "STOPPED").ID + "/start", "", as("ada", "admin", "If-Match", `"77"`)}
		}},
		{code: "idempotency_key_reused", call: func(e *edge) request {
			body := `{"name":"one","description":"d","instance_type":"m5.large"}`
			e.do(request{http.MethodPost, "/api/worker-templates", body, as("ada", "admin", api.HeaderIdempotencyKey, "k")})
			return request{http.MethodPost, "/api/worker-templates", strings.Replace(body, "one", "two", 1), as("ada", "admin", api.HeaderIdempotencyKey, "k")}
		}},
	}
}

func definitionRefusals() []refused {
	after := func(verb, method, path, body string) func(*edge) request {
		return func(e *edge) request {
			id := e.definition("one").ID
			e.do(request{http.MethodPost, "/api/lablet-definitions/" + id + verb, "", as("ada", "admin")})
			return request{method, "/api/lablet-definitions/" + id + path, body, as("ada", "admin")}
		}
	}
	synced := func(body string) func(*edge) request {
		return func(e *edge) request {
			return request{http.MethodPost, "/api/internal/lablet-definitions/" + e.packaged(0).ID + "/content-synced", body, e.leading(lablets)}
		}
	}
	return []refused{
		{code: "bad_name", call: on(http.MethodPost, "/api/lablet-definitions", fmt.Sprintf(`{"name":"  ","version":"1.0.0","topology_yaml":%q}`, labFile))},
		{code: "bad_license_type", call: wrongDefinition(`,"license_affinity":["none"]`)},
		{code: "bad_requirements", call: wrongDefinition(`,"ami_requirements":[{"cml_version_min":"2.10","cml_version_max":"2.9"}]`)},
		{code: "bad_ports", call: wrongDefinition(`,"port_definitions":[{"name":"a","protocol":"tcp"},{"name":"a","protocol":"tcp"}]`)},
		{code: "bad_topology", call: synced(`{"sync_status":"success","cml_yaml_content":"nothing"}`)},
		{code: "too_many_nodes", call: on(http.MethodPost, "/api/lablet-definitions", fmt.Sprintf(`{"name":"many","version":"1.0.0","topology_yaml":%q}`, manyNodes(501, 1)))},
		{code: "lab_too_large", call: on(http.MethodPost, "/api/lablet-definitions", fmt.Sprintf(`{"name":"large","version":"1.0.0","topology_yaml":%q}`, manyNodes(400, 16)))},
		{code: "bad_version", call: on(http.MethodPost, "/api/lablet-definitions", fmt.Sprintf(`{"name":"a","version":"one","topology_yaml":%q}`, labFile))},
		{code: "bad_form_qualified_name", call: on(http.MethodPost, "/api/lablet-definitions", `{"name":"a","version":"1.0.0","form_qualified_name":"org/project/form"}`)},
		{code: "definition_source", call: on(http.MethodPost, "/api/lablet-definitions", `{"name":"a","version":"1.0.0"}`)},
		{code: "bad_webhook_url", call: wrongDefinition(`,"owner_notification":{"webhook_url":"ftp://x"}`)},
		{code: "bad_webhook_secret", call: wrongDefinition(`,"owner_notification":{"webhook_secret":"0123456789abcdef0123456789abcdef"}`)},
		{code: "definition_exists", call: func(e *edge) request {
			e.definition("one")
			return request{http.MethodPost, "/api/lablet-definitions", fmt.Sprintf(`{"name":"one","version":"1.0.0","topology_yaml":%q}`, labFile), as("ada", "admin")}
		}},
		{code: "definition_deprecated", call: after("/deprecate", http.MethodPut, "", `{"warm_pool_depth":1}`)},
		{code: "nothing_to_change", call: after("/none", http.MethodPut, "", `{}`)},
		{code: "no_content_source", call: after("/none", http.MethodPost, "/sync", "")},
		{code: "definition_not_synced", call: func(e *edge) request {
			return request{http.MethodPost, "/api/lablet-instances", marshal(e.t, slot(e.packaged(0).ID, 1, 2)), as("ann", "user")}
		}},
		{code: "definition_not_active", call: func(e *edge) request {
			id := e.definition("one").ID
			e.do(request{http.MethodPatch, "/api/lablet-definitions/" + id + "/deactivate", "", as("ada", "admin")})
			return request{http.MethodPost, "/api/lablet-instances", marshal(e.t, slot(id, 1, 2)), as("ann", "user")}
		}},
		{code: "definition_in_use", call: func(e *edge) request {
			return request{http.MethodDelete, "/api/lablet-definitions/" + e.anns(0).DefinitionID, "", as("ada", "admin")}
		}},
		{code: "hash_mismatch", call: func(e *edge) request {
			body := `{"name":"pinned","version":"1.0.0","lab_artifact_uri":"s3://bucket/lab","lab_yaml_hash":"` + strings.Repeat("a", 64) + `"}`
			d := decode[api.Definition](e.t, e.do(request{http.MethodPost, "/api/lablet-definitions", body, as("ada", "admin")}))
			return request{http.MethodPost, "/api/internal/lablet-definitions/" + d.ID + "/content-synced", fmt.Sprintf(`{"sync_status":"success","cml_yaml_content":%q}`, labFile), e.leading(lablets)}
		}},
	}
}

// manyNodes is a lab file with so many nodes of so many GiB.
func manyNodes(n, gib int) string {
	var b strings.Builder
	b.WriteString("lab:\n  title: many\n  version: 0.1.0\nnodes:\n")
	for i := range n {
		fmt.Fprintf(&b, "  - id: n%d\n    label: r%d\n    node_definition: iosv\n    ram: %d\n    interfaces: []\n", i, i, gib*1024)
	}
	b.WriteString("links: []\n")
	return b.String()
}

func templateRefusals() []refused {
	return []refused{
		{code: "bad_license_type", call: wrongTemplate(`,"license_type":"none"`)},
		{code: "bad_port_range", call: wrongTemplate(`,"port_range":{"min":3000,"max":2000}`)},
		{code: "bad_instance_type", call: on(http.MethodPost, "/api/worker-templates", `{"name":"a","description":"d","instance_type":"large"}`)},
		{code: "template_exists", call: on(http.MethodPost, "/api/worker-templates", `{"name":"large","description":"d","instance_type":"m5.large"}`)},
		{code: "template_disabled", call: func(e *edge) request {
			id := e.newTemplate(0)
			e.do(request{http.MethodPatch, "/api/worker-templates/" + id + "/disable", "", as("ada", "admin")})
			return request{http.MethodPost, "/api/workers", `{"name":"w","template_name":"made-0"}`, as("ada", "admin")}
		}},
		{code: "template_not_found", call: on(http.MethodPost, "/api/workers", `{"name":"w","template_name":"none"}`)},
	}
}

// running asks for something of an instance that has come to a status.
func running(status lifecycle.InstanceStatus, method, suffix, body string) func(*edge) request {
	return func(e *edge) request {
		return request{method, "/api/lablet-instances/" + e.annsAt(0, status) + suffix, body, as("ann", "user")}
	}
}
