package httpapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/httpapi"
)

// TestS4KeysOfServices is control S4: two keys of a service are live, so that one can be changed; what is like a key is none;
// and only digests are kept, of equal length, so that every comparison takes the same time. That there is no default key
// is told by the tests of the configuration.
func TestS4KeysOfServices(t *testing.T) {
	old, fresh := "canary-old-"+strings.Repeat("o", 32), "canary-new-"+strings.Repeat("n", 32)
	keys := &httpapi.Keys{}
	keys.Add(workers, secret.New(old))
	keys.Add(workers, secret.New(fresh))
	e := newEdgeWith(t, func(d *httpapi.Deps) { d.Keys = keys })
	ask := func(key string) int {
		return e.do(request{http.MethodGet, "/api/internal/workers", "", []string{api.HeaderAPIKey, key}}).status
	}
	require.Equal(t, http.StatusOK, ask(old))
	require.Equal(t, http.StatusOK, ask(fresh))
	for reason, key := range map[string]string{
		"nothing": "", "a part": old[:len(old)-1], "more": old + "x", "another case": strings.ToUpper(old), "both": old + "," + fresh, "a space behind": " " + old[:5], "the service": workers,
	} {
		require.Equal(t, http.StatusUnauthorized, ask(key), reason)
	}
	require.NotContains(t, fmt.Sprintf("%+v %#v", keys, keys), "canary", "the keys themselves are not kept")
	require.NotContains(t, e.log.String(), "canary")
}
