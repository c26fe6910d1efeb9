package lds_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/simtest"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/lds"
)

func TestEveryOperationNeedsBasic(t *testing.T) {
	b := open(t, "", lds.Config{})
	id := b.create()
	for _, header := range []http.Header{{}, {"Authorization": {"Basic bGNtOndyb25n"}}, {"Authorization": {"Bearer pw"}}} {
		stranger := simtest.Client{T: t, Handler: b.Handler, Header: header}
		for _, path := range []string{
			base + "/lab_session/" + id, base + "/lab_session?state=SESSION_PENDING",
			base + "/reporting/lab_session", base + "/lab_folder/minio/x",
			"/reservations/lab_session/" + id + "/1/ports/no_nat",
		} {
			answer := stranger.JSON("GET", path, nil)
			require.Equal(t, 401, answer.Status, path)
			require.JSONEq(t, `{"errors":[{"code":"ERR_UNAUTHORIZED","status":401,
				"title":"Unauthorized","detail":"Unauthorized"}]}`, answer.Body)
		}
	}
}

func TestCreateNeedsElevenFields(t *testing.T) {
	b := open(t, "", lds.Config{})
	required := 0
	for name := range booking() {
		if name == "session_parts" {
			continue
		}
		required++
		without := booking()
		delete(without, name)
		answer := b.JSON("POST", base+"/lab_session", without)
		require.Equal(t, 400, answer.Status, name)
		require.Contains(t, answer.Body, name)
	}
	require.Equal(t, 11, required)
}

func TestCreateIsStrictAboutValues(t *testing.T) {
	b := open(t, "", lds.Config{})
	for _, c := range []struct {
		reason, name string
		value        any
	}{
		{"text is wanted", "origin", 1},
		{"null is not text", "auth_id", nil},
		{"hours are whole", "timezone_offset", 1.5},
		{"hours are a number", "timezone_offset", "1"},
		{"not a date", "scheduled_date", "tomorrow"},
		{"rack is text or a whole number", "rack_number", true},
		{"without repository_type the part is looked up in SVN", "session_parts", []any{map[string]any{"form_qualified_name": fqn}}},
		{"minio needs the form", "session_parts", []any{map[string]any{"repository_type": "minio"}}},
		{"unknown repository", "session_parts", []any{map[string]any{"repository_type": "git"}}},
		{"minutes are whole", "max_length_minutes", "10"},
		{"end is a date", "user_timeslot_end", "later"},
	} {
		in := booking()
		in[c.name] = c.value
		require.Equal(t, 400, b.JSON("POST", base+"/lab_session", in).Status, c.reason)
	}
	require.Equal(t, 415, b.Do("POST", base+"/lab_session", "text/plain", "{}").Status)
	require.Equal(t, 400, b.Do("POST", base+"/lab_session", "application/json", "{").Status)
}

func TestCreatedSessionReadsBack(t *testing.T) {
	b := open(t, "", lds.Config{})
	answer := b.JSON("POST", base+"/lab_session", booking())
	require.Equal(t, 201, answer.Status)
	id := answer.Header.Get("Location")
	id = id[strings.LastIndex(id, "/")+1:]
	got := b.session(id)
	require.Equal(t, "SESSION_PENDING", got["state"])
	require.Equal(t, "1", got["rack_number"], "an integer is answered as text")
	require.Equal(t, false, got["is_finalized"])
	require.Equal(t, "SID="+id, got["log_id"])
	part := got["session_parts"].([]any)[0].(map[string]any)
	require.Equal(t, "SESSION_PART_PENDING", part["session_part_state"])
	require.Equal(t, fqn, part["form_qualified_name"])
	require.NotContains(t, got, "practice_lab")

	b.Must(200, "PATCH", base+"/lab_session/"+id, map[string]any{"last_name": "Other"})
	require.Equal(t, "Other", b.session(id)["last_name"])

	b.Must(200, "PUT", "/_sim/timings", map[string]any{"create_status": 200})
	b.Must(200, "POST", base+"/lab_session", booking())
	require.Equal(t, 404, b.JSON("GET", base+"/lab_session/nobody", nil).Status)
}

func TestDevicesAreReplacedAsAWhole(t *testing.T) {
	b := open(t, "", lds.Config{})
	path := base + "/lab_session/" + b.create() + "/part/1/devices"
	desk := map[string]any{"device_label": "desk", "protocol": "vnc", "host": "10.0.0.9", "port": 2004}
	core := map[string]any{"device_label": "core", "protocol": "serial", "host": "10.0.0.9", "port": 0}
	require.JSONEq(t, `[]`, b.JSON("GET", path, nil).Body)
	require.Equal(t, 200, b.JSON("PUT", path, []any{desk, core}).Status)
	answer := b.JSON("PUT", path, []any{core})
	require.Equal(t, 200, answer.Status)
	require.JSONEq(t, `[{"device_label":"core","protocol":"serial","host":"10.0.0.9","port":0}]`, answer.Body)

	answer = b.JSON("PUT", path, []any{desk, desk})
	require.Equal(t, 500, answer.Status, "labels are unique in a part")
	require.Contains(t, answer.Body, "UniqueViolation")
	for _, name := range []string{"device_label", "protocol", "host"} {
		bad := map[string]any{"device_label": "desk", "protocol": "vnc", "host": "h"}
		delete(bad, name)
		require.Equal(t, 400, b.JSON("PUT", path, []any{bad}).Status, name)
	}
	require.Equal(t, 400, b.JSON("PUT", path, []any{map[string]any{
		"device_label": "a", "protocol": "b", "host": "c", "port": "80",
	}}).Status)
	require.Equal(t, 400, b.Do("PUT", path, "application/json", "null").Status)
	require.Contains(t, b.JSON("GET", path, nil).Body, "core", "a refused set changes nothing")
	require.Equal(t, 404, b.JSON("PUT", strings.Replace(path, "part/1", "part/2", 1), []any{desk}).Status)
}

func TestVariablesGoBareAndComeWrapped(t *testing.T) {
	b := open(t, "", lds.Config{})
	path := base + "/lab_session/" + b.create() + "/part/1/variables"
	require.JSONEq(t, `{"variables":{}}`, b.JSON("GET", path, nil).Body)
	require.JSONEq(t, `{"variables":{"ip":"10.0.0.1","n":3}}`,
		b.JSON("PUT", path, map[string]any{"ip": "10.0.0.1", "n": 3}).Body)
	require.JSONEq(t, `{"variables":{"ip":"10.0.0.1","n":3}}`, b.JSON("GET", path, nil).Body)
}

func TestPartsAreAddedReplacedAndDeleted(t *testing.T) {
	b := open(t, "", lds.Config{})
	path := base + "/lab_session/" + b.create() + "/part/"
	svn := map[string]any{"track": "T", "exam_version": "1"}
	require.Equal(t, "svn", b.Must(200, "POST", path+"2", svn)["repository_type"])
	require.Equal(t, 409, b.JSON("POST", path+"2", svn).Status)
	require.Equal(t, "2", b.Must(200, "PUT", path+"2", map[string]any{"track": "T", "exam_version": "2"})["exam_version"])
	b.Must(204, "PUT", path+"2/extend", map[string]any{"time_extension": 5})
	b.Must(204, "PUT", path+"2/adjust", map[string]any{"time_adjustment": -5})
	require.Equal(t, 400, b.JSON("PUT", path+"2/extend", map[string]any{"time_adjustment": 5}).Status)
	require.JSONEq(t, `{"sections":{}}`, b.JSON("GET", path+"2/collect", nil).Body)
	b.Must(204, "DELETE", path+"2", nil)
	require.Equal(t, 404, b.JSON("GET", path+"2", nil).Status)
	require.Equal(t, 400, b.JSON("GET", path+"0", nil).Status)
}

func TestReleaseWantsAJSONBodyAndFinalizesOnce(t *testing.T) {
	b := open(t, "", lds.Config{})
	id := b.create()
	path := base + "/lab_session/" + id + "/release"
	require.Equal(t, 415, b.JSON("POST", path, nil).Status)
	require.Equal(t, 415, b.Do("POST", path, "application/json", "").Status)
	require.Equal(t, 415, b.Do("POST", path, "text/plain", "{}").Status)
	require.Equal(t, "SESSION_PENDING", b.state(id))
	b.Must(204, "POST", path, map[string]any{})
	require.Equal(t, 204, b.Do("POST", path, "application/json", "null").Status, "the object may be null")

	got := b.session(id)
	require.Equal(t, true, got["is_finalized"])
	require.Equal(t, false, got["active_reservation"])
	require.Equal(t, "SESSION_FINALIZED", got["state"])
	for _, verb := range []string{"PUT pause", "PUT resume", "PUT force_user_finished", "GET lablet_launch_url"} {
		method, name, _ := strings.Cut(verb, " ")
		require.Equal(t, 409, b.JSON(method, base+"/lab_session/"+id+"/"+name, nil).Status, verb)
	}
	b.Must(200, "PUT", "/_sim/timings", map[string]any{"forget_finalized": true})
	require.Equal(t, 404, b.JSON("GET", base+"/lab_session/"+id, nil).Status)
}

func TestSearches(t *testing.T) {
	b := open(t, "", lds.Config{})
	first, second := b.create(), b.create()
	require.Equal(t, 400, b.JSON("GET", base+"/lab_session", nil).Status, "state is required")
	require.Equal(t, 404, b.JSON("GET", base+"/lab_session?state=SESSION_RUNNING", nil).Status)
	latest := b.Must(200, "GET", base+"/lab_session?state=SESSION_PENDING", nil)
	require.Equal(t, second, latest["latest_session_id"])
	b.Must(200, "POST", "/_sim/sessions/"+second+"/begin", nil)
	require.Equal(t, first, b.Must(200, "GET", base+"/lab_session?state=SESSION_PENDING", nil)["latest_session_id"])

	all := b.Must(200, "GET", base+"/reporting/lab_session", nil)["lab_sessions"].([]any)
	require.Len(t, all, 2)
	require.Equal(t, "inst-1", all[0].(map[string]any)["auth_id"])
	some := b.Must(200, "GET", base+"/reporting/lab_session?state=SESSION_RUNNING", nil)["lab_sessions"].([]any)
	require.Len(t, some, 1)

	b.Must(200, "PUT", base+"/lab_session/"+first+"/refresh_status", nil)
	view := b.Must(200, "GET", "/reservations/lab_session/"+first+"/1/ports/no_nat", nil)
	require.Equal(t, float64(100), view["session_part_state"])
}

func TestInjectedFaultsLookLikeErrorsOfLDS(t *testing.T) {
	b := open(t, "", lds.Config{})
	b.Must(201, "POST", "/_sim/faults", map[string]any{"path": base + "/lab_session", "status": 503, "times": 1})
	answer := b.JSON("POST", base+"/lab_session", booking())
	require.Equal(t, 503, answer.Status)
	require.Contains(t, answer.Body, `"errors"`)
	b.create()
}
