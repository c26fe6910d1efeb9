package demo

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
)

// answer is a simulator that says the same whatever it is asked.
func answer(t *testing.T, status int, text string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(text))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestWhatIsLeftOver(t *testing.T) {
	cml := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"machines": [{"id": "i-1", "labs": [{"id": "l1", "title": "inst-a/1"}, {"id": "l2", "title": "inst-b/1"}]}]}`))
	}))
	t.Cleanup(cml.Close)
	outside := NewOutside(plane.Endpoints{
		CML: cml.Listener.Addr().String(),
		LDS: answer(t, http.StatusOK, `{"sessions": [
			{"state": "RUNNING", "record": {"id": "s1", "booking": {"auth_id": "inst-a/1"}}},
			{"state": "EXAM_FINALIZED", "record": {"id": "s2", "booking": {"auth_id": "inst-a/2"}}},
			{"state": "RUNNING", "record": {"id": "s3", "booking": {}}}]}`),
		EC2: answer(t, http.StatusOK, `{"instances": [{"id": "i-1", "state": "running"}]}`),
	})
	left, err := outside.LeftOver(t.Context(), "inst-a")
	require.NoError(t, err)
	require.Equal(t, []string{"lab l1 on i-1", "LDS session s1"}, left)
	left, err = outside.LeftOver(t.Context(), "inst-c")
	require.NoError(t, err)
	require.Empty(t, left)
	machines, err := outside.Machines(t.Context())
	require.NoError(t, err)
	require.Equal(t, []Machine{{ID: "i-1", State: "running"}}, machines)
}

func TestWhatASimulatorRefusesIsAnError(t *testing.T) {
	at := answer(t, http.StatusConflict, "no such thing")
	outside := NewOutside(plane.Endpoints{LDS: at, OIDC: at})
	require.ErrorContains(t, outside.Call(t.Context(), http.MethodGet, at, nil, nil), "no such thing")
	_, err := outside.Sessions(t.Context())
	require.ErrorContains(t, err, "409")
	_, err = outside.Token(t.Context(), "ann")
	require.Error(t, err)
	require.Error(t, outside.Call(t.Context(), http.MethodPost, at, make(chan int), nil), "what cannot be written is not sent")
}

func TestATokenIsAskedForWithItsRoles(t *testing.T) {
	var asked map[string]any
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if json.NewDecoder(r.Body).Decode(&asked) != nil || r.URL.Path != "/_sim/token" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		_, _ = w.Write([]byte(`{"access_token": "t"}`))
	}))
	t.Cleanup(server.Close)
	token, err := NewOutside(plane.Endpoints{OIDC: server.URL}).Token(t.Context(), "ann", "admin", "user")
	require.NoError(t, err)
	require.Equal(t, "t", token)
	require.Equal(t, "ann", asked["username"])
	require.Equal(t, []any{"admin", "user"}, asked["roles"])
}
