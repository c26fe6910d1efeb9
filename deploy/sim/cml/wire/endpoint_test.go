package wire_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
)

func TestEndpointSavesBeforeItAnswers(t *testing.T) {
	broken := errors.New("disk is full: /secret/path")
	cases := map[string]struct {
		handled, closed, opened error
		status                  int
		body                    string
	}{
		"fine":          {status: 200, body: `"done"`},
		"refused":       {handled: wire.BadRequest("no"), status: 400, body: `{"code":400,"description":"no"}`},
		"not saved":     {closed: broken, status: 500, body: "report this to support"},
		"both":          {handled: wire.BadRequest("no"), closed: broken, status: 500, body: "report this to support"},
		"not available": {opened: broken, status: 500, body: "report this to support"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			closed := 0
			open := func(*http.Request) (wire.Session[int], error) {
				return wire.Session[int]{State: 7, Close: func() error { closed++; return tc.closed }}, tc.opened
			}
			handle := func(state int, _ *http.Request) (wire.Reply, error) {
				require.Equal(t, 7, state)
				return wire.OK("done"), tc.handled
			}
			w := httptest.NewRecorder()
			wire.Endpoint(open, handle)(w, httptest.NewRequest(http.MethodGet, "/x", nil))
			require.Equal(t, tc.status, w.Code)
			require.Contains(t, w.Body.String(), tc.body)
			require.NotContains(t, w.Body.String(), "secret")
			if tc.opened == nil {
				require.Equal(t, 1, closed)
			}
		})
	}
}

func TestNoContentHasNoBody(t *testing.T) {
	open := func(*http.Request) (wire.Session[int], error) {
		return wire.Session[int]{Close: func() error { return nil }}, nil
	}
	w := httptest.NewRecorder()
	wire.Endpoint(open, func(int, *http.Request) (wire.Reply, error) { return wire.NoContent(), nil })(
		w, httptest.NewRequest(http.MethodPut, "/x", strings.NewReader("0")))
	require.Equal(t, 204, w.Code)
	require.Empty(t, w.Body.String())
	require.Empty(t, w.Header().Get("Content-Type"))
}

func TestIDs(t *testing.T) {
	require.Regexp(t, wire.UUID4, wire.NewID())
	require.Regexp(t, wire.UUID4, wire.DerivedID("a", "b"))
	first := wire.DerivedID("a", "b")
	require.Equal(t, first, wire.DerivedID("a", "b"))
	require.NotEqual(t, wire.DerivedID("a", "b"), wire.DerivedID("ab"))
}
