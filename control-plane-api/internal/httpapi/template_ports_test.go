package httpapi_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// The ports of a template are shown, set and changed like its other fields, and those of its workers are cut from them.
func TestATemplateSaysWhichPortsItsWorkersOffer(t *testing.T) {
	e := newEdge(t)
	body := `{"name":"narrow","description":"d","instance_type":"m5.large"`
	plain := decode[api.Template](t, e.must(request{http.MethodPost, "/api/worker-templates", `{"name":"plain"` + body[len(`{"name":"narrow"`):] + "}", as("ada", "admin")}))
	require.Nil(t, plain.PortRange, "the usual ones")
	made := decode[api.Template](t, e.must(request{http.MethodPost, "/api/worker-templates", body + `,"port_range":{"min":3000,"max":3009}}`, as("ada", "admin")}))
	require.Equal(t, &resource.PortRange{Min: 3000, Max: 3009}, made.PortRange)
	changed := decode[api.Template](t, e.must(request{http.MethodPut, "/api/worker-templates/" + made.ID, `{"port_range":{"min":4000,"max":4004}}`, as("ada", "admin")}))
	require.Equal(t, &resource.PortRange{Min: 4000, Max: 4004}, changed.PortRange)

	worker := decode[api.Worker](t, e.must(request{http.MethodPost, "/api/workers", `{"name":"w","template_name":"narrow"}`, as("ada", "admin")}))
	model := decode[readmodel.Worker](t, e.must(request{http.MethodGet, "/api/internal/workers/" + worker.ID, "", by(workers)}))
	require.Equal(t, *changed.PortRange, model.PortRange)
	shown := decode[api.Worker](t, e.must(request{http.MethodGet, "/api/workers/" + worker.ID, "", as("ann", "user")}))
	require.Equal(t, 5, shown.AvailablePortCount)
}
