package kit

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/stretchr/testify/require"
)

func control(t *testing.T, k *Kit, method, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := chi.NewRouter()
	k.Control(r)
	w := httptest.NewRecorder()
	r.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
	return w
}

func TestControlSettingsSurviveRestart(t *testing.T) {
	dir := t.TempDir()
	root, err := New(dir, nil)
	require.NoError(t, err)
	sub, err := root.Sub("ec2")
	require.NoError(t, err)

	require.Equal(t, 200, control(t, sub, http.MethodPut, "/_sim/clock", `{"rate":60,"offset_ms":1000}`).Code)
	require.Equal(t, 200, control(t, sub, http.MethodPost, "/_sim/clock/advance", `{"ms":500}`).Code)
	added := control(t, sub, http.MethodPost, "/_sim/faults", `{"op":"RunInstances","times":2,"status":503}`)
	require.Equal(t, 201, added.Code)
	req := httptest.NewRequest(http.MethodPost, "/", nil)
	require.NotNil(t, sub.Faults.strikeFor(req, "RunInstances"))

	root2, err := New(dir, nil)
	require.NoError(t, err)
	require.Equal(t, ClockState{Rate: 60, OffsetMS: 1500}, root2.Clock.State())
	require.WithinDuration(t, time.Now().Add(1500*time.Millisecond), root2.Clock.Now(), time.Second)
	sub2, err := root2.Sub("ec2")
	require.NoError(t, err)
	require.Empty(t, root2.Faults.Rules(), "faults belong to one simulator")
	require.NotNil(t, sub2.Faults.strikeFor(req, "RunInstances"), "one strike left")
	require.Nil(t, sub2.Faults.strikeFor(req, "RunInstances"), "strikes before the restart count")
	require.NotEqual(t, sub2.Faults.Rules()[0].ID, sub2.Faults.Add(Rule{Status: 500}), "ids stay unique")
}

func TestControlRefusesBadInput(t *testing.T) {
	k, err := New("", nil)
	require.NoError(t, err)
	cases := []struct {
		method, path, body string
		status             int
	}{
		{http.MethodPut, "/_sim/clock", `{"rate":-1}`, 400},
		{http.MethodPut, "/_sim/clock", `{`, 400},
		{http.MethodPost, "/_sim/clock/advance", `{"ms":"x"}`, 400},
		{http.MethodPost, "/_sim/faults", `{}`, 400},
		{http.MethodPost, "/_sim/faults", `{"drop":"later"}`, 400},
		{http.MethodPost, "/_sim/faults/f9/release", ``, 404},
	}
	for _, c := range cases {
		require.Equal(t, c.status, control(t, k, c.method, c.path, c.body).Code, "%s %s %s", c.method, c.path, c.body)
	}
}

func TestControlListsAndClearsFaults(t *testing.T) {
	k, err := New("", nil)
	require.NoError(t, err)
	control(t, k, http.MethodPost, "/_sim/faults", `{"id":"a","status":503}`)
	var got struct{ Rules []RuleState }
	require.NoError(t, json.Unmarshal(control(t, k, http.MethodGet, "/_sim/faults", "").Body.Bytes(), &got))
	require.Equal(t, []RuleState{{Rule: Rule{ID: "a", Status: 503}}}, got.Rules)
	require.Equal(t, 204, control(t, k, http.MethodDelete, "/_sim/faults", "").Code)
	require.Empty(t, k.Faults.Rules())
}
