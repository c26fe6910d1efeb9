package httpapi_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// What could be read as something else than was sent is refused, and so is what no store could keep.
func TestAmbiguousRequestsAreRefused(t *testing.T) {
	e := newEdge(t)
	d := e.definition("one")
	made := e.book("ann", d.ID, "r")
	instances, ann := "/api/lablet-instances", as("ann", "user")
	booking := marshal(t, slot(d.ID, time.Hour, 90*time.Minute))
	get := func(query string) request { return request{http.MethodGet, instances + "?" + query, "", ann} }
	post := func(body string, headers ...string) request {
		return request{http.MethodPost, instances, body, append(as("ann", "user"), headers...)}
	}
	named := func(name string) request {
		return request{http.MethodPost, "/api/lablet-definitions", fmt.Sprintf(`{"name":"%s","version":"1.0.0","topology_yaml":%q}`, name, labFile), as("ada", "admin")}
	}
	extend := func(ifMatch string) request {
		return request{http.MethodPost, instances + "/" + made.ID + "/extend", `{"new_timeslot_end":"2026-03-02T13:45:00Z"}`, as("ann", "user", "If-Match", ifMatch)}
	}
	e.refuses([]refusal{
		{"a parameter twice", get("limit=1&limit=2"), 422, "malformed"},
		{"a filter twice", get("status=pending&status=running"), 422, "malformed"},
		{"a parameter that is not encoded", get("status=%zz"), 422, "malformed"},
		{"a semicolon between parameters", get("limit=1;skip=2"), 422, "malformed"},
		{"NUL in a parameter", get("worker_id=a%00b"), 422, "malformed"},
		{"bytes that are no text in a parameter", get("worker_id=%ff%fe"), 422, "malformed"},
		{"a negative limit", get("limit=-1"), 422, "malformed"},
		{"no limit at all", get("limit=0"), 422, "malformed"},
		{"half a limit", get("limit=1.5"), 422, "malformed"},
		{"a negative skip", get("skip=-1"), 422, "malformed"},
		{"a word that is neither true nor false", get("include_terminated=yes"), 422, "malformed"},
		{"a field twice", post(`{"definition_id":"x",` + booking[1:]), 422, "malformed"},
		{"a field twice, once escaped", post(`{"definition\u005fid":"x",` + booking[1:]), 422, "malformed"},
		{"a field twice, deep inside", request{http.MethodPut, "/api/settings", `{"discovery":{"enabled":true,"enabled":false}}`, as("ada", "admin")}, 422, "malformed"},
		{"NUL in a field", post(`{"reservation_id":"a\u0000b",` + booking[1:]), 422, "malformed"},
		{"NUL in a name", named(`a\u0000b`), 422, "malformed"},
		{"NUL in a lab file", request{http.MethodPost, "/api/lab-records/import", `{"worker_id":"w","topology_yaml":"a\u0000b"}`, as("ada", "admin")}, 422, "malformed"},
		{"a field twice in an import", request{http.MethodPost, "/api/lab-records/import", `{"worker_id":"w","worker_id":"v","topology_yaml":"a"}`, as("ada", "admin")}, 422, "malformed"},
		{"a slot at the end of time", post(fmt.Sprintf(`{"definition_id":%q,"timeslot_start":"9999-12-31T23:20:00-23:00","timeslot_end":"9999-12-31T23:59:59-23:00"}`, d.ID)), 422, "malformed"},
		{"a slot whose margin is beyond it", post(fmt.Sprintf(`{"definition_id":%q,"timeslot_start":"9999-12-31T23:20:00Z","timeslot_end":"9999-12-31T23:59:59Z"}`, d.ID)), 400, "timeslot_too_far"},
		{"a slot before all times", post(fmt.Sprintf(`{"definition_id":%q,"timeslot_start":"0000-01-01T00:00:00+23:00","timeslot_end":"0000-01-01T00:30:00+23:00"}`, d.ID)), 422, "malformed"},
		{"entries until the end of time", request{http.MethodGet, "/api/audit?until=9999-12-31T23:59:59-23:00", "", as("ada", "admin")}, 422, "malformed"},
		{"a byte order mark", post("\xef\xbb\xbf" + booking), 422, "malformed"},
		{"a text without end", post(`{"reservation_id":"` + strings.Repeat("x", 5000) + `",` + booking[1:]), 422, "malformed"},
		{"a number that JSON has not", post(`{"definition_id":"x","duration_minutes":NaN}`), 422, "malformed"},
		{"only blanks", post("  "), 422, "malformed"},
		{"a packed body", post(packed(t, booking), "Content-Encoding", "gzip"), 415, "media_type"},
		{"a body that is said to be packed", post(booking, "Content-Encoding", "br"), 415, "media_type"},
		{"a form", post(booking, "Content-Type", "multipart/form-data; boundary=x"), 415, "media_type"},
		{"another notation", post(booking, "Content-Type", "application/cbor"), 415, "media_type"},
		{"a key that is no text", post(booking, api.HeaderIdempotencyKey, "\xff"), 422, "malformed"},
		{"a key with a tab", post(booking, api.HeaderIdempotencyKey, "a\tb"), 422, "malformed"},
		{"a weak ETag", extend(`W/"1"`), 412, "version_changed"},
		{"a weak ETag and old ones", extend(`"7", W/"1","8"`), 412, "version_changed"},
		{"ETags without a comma", extend(`"1" "2"`), 422, "bad_etag"},
		{"no ETag in a list", extend(` , `), 422, "bad_etag"},
		{"any version in a list", extend(`"1", *`), 422, "bad_etag"},
		{"an ETag that does not end", extend(`"1", "2`), 422, "bad_etag"},
		{"a weak ETag in lower case", extend(`w/"1"`), 422, "bad_etag"},
		{"a blank in an ETag", extend(`"1 "`), 422, "bad_etag"},
		{"an ETag without quotes", extend(`1`), 422, "bad_etag"},
		{"an ETag of one's own", extend(`"+1"`), 412, "version_changed"},
		{"an ETag with a comma", extend(`"1,2"`), 412, "version_changed"},
		{"any version of what is not there", request{http.MethodPost, instances + "/none/extend", `{"new_timeslot_end":"2026-03-02T13:45:00Z"}`, as("ann", "user", "If-Match", "*")}, 404, "instance_not_found"},
		{"an id that is no text", request{http.MethodGet, instances + "/%ff%00", "", ann}, 404, "instance_not_found"},
		{"a path in capitals", request{http.MethodGet, "/API/lablet-instances", "", ann}, 404, "route_not_found"},
		{"two slashes", request{http.MethodGet, "/api//lablet-instances", "", ann}, 404, "route_not_found"},
	})
}

func packed(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return out.String()
}

// What clients may choose freely makes no difference.
func TestFormsOfOneRequestAreAnsweredAlike(t *testing.T) {
	e := newEdge(t)
	d := e.definition("one")
	made := e.book("ann", d.ID, "r")
	instances := "/api/lablet-instances"
	one := e.must(request{http.MethodGet, instances + "/" + made.ID, "", as("ann", "user")})
	for reason, r := range map[string]request{
		"a slash at the end":         {http.MethodGet, instances + "/" + made.ID + "/", "", as("ann", "user")},
		"another type is preferred":  {http.MethodGet, instances + "/" + made.ID, "", as("ann", "user", "Accept", "application/cbor, text/html")},
		"JSON is refused":            {http.MethodGet, instances + "/" + made.ID, "", as("ann", "user", "Accept", "application/json;q=0")},
		"types that are none":        {http.MethodGet, instances + "/" + made.ID, "", as("ann", "user", "Accept", ";;;,,")},
		"a type without a body":      {http.MethodGet, instances + "/" + made.ID, "", as("ann", "user", "Content-Type", "text/xml")},
		"a version on a read":        {http.MethodGet, instances + "/" + made.ID, "", as("ann", "user", "If-Match", `"99"`)},
		"a packed body that is none": {http.MethodGet, instances + "/" + made.ID, "", as("ann", "user", "Content-Encoding", "gzip")},
	} {
		require.JSONEq(t, string(one.body), string(e.must(r).body), reason)
	}
	for n, r := range []request{
		{http.MethodPost, instances + "/", "", nil},
		{http.MethodPost, instances, "", []string{"Content-Type", "Application/JSON; Charset=UTF-8"}},
		{http.MethodPost, instances, "", []string{"Content-Encoding", "identity"}},
		{http.MethodPost, instances, "", []string{"Expect", "100-continue"}},
		{http.MethodPost, instances, "", []string{api.HeaderIdempotencyKey, `"a key", with / odd 💥 'signs'`}},
	} {
		body := slot(d.ID, time.Hour, 90*time.Minute)
		body.ReservationID = fmt.Sprintf("a/b c?d #%d", n)
		r.body, r.headers = marshal(t, body), append(as("ann", "user"), r.headers...)
		first := decode[api.Instance](t, e.must(r))
		if strings.Contains(strings.Join(r.headers, " "), api.HeaderIdempotencyKey) {
			require.Equal(t, first.ID, decode[api.Instance](t, e.must(r)).ID, "a repeat under the same key")
		}
		found := e.must(request{http.MethodGet, instances + "/by-reservation/" + strings.NewReplacer("/", "%2F", " ", "%20", "?", "%3F", "#", "%23").Replace(body.ReservationID), "", as("ann", "user")})
		require.Equal(t, first.ID, decode[api.Instance](t, found).ID)
	}
	any := request{http.MethodPost, instances + "/" + made.ID + "/extend", `{"new_timeslot_end":"2026-03-02T13:45:00Z"}`, as("ann", "user", "If-Match", "*")}
	require.Equal(t, http.StatusOK, e.do(any).status, "any version")
}

// HEAD is GET without a body; other methods are refused with those that the path takes.
func TestMethodsOfAPath(t *testing.T) {
	e := newEdge(t)
	made := e.book("ann", e.definition("one").ID, "r")
	server := httptest.NewServer(e.handler)
	defer server.Close()
	ask := func(method, path string) *http.Response {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, nil)
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer ann:user")
		out, err := server.Client().Do(r)
		require.NoError(t, err)
		require.NoError(t, out.Body.Close())
		return out
	}
	one := "/api/lablet-instances/" + made.ID
	head := ask(http.MethodHead, one)
	require.Equal(t, http.StatusOK, head.StatusCode)
	require.NotEmpty(t, head.Header.Get("ETag"))
	require.Equal(t, "1", ask(http.MethodHead, "/api/lablet-instances").Header.Get(api.HeaderTotalCount))
	require.Equal(t, http.StatusNotFound, ask(http.MethodHead, "/api/lablet-instances/none").StatusCode)
	require.Equal(t, http.StatusOK, ask(http.MethodHead, "/api/health").StatusCode)

	before := e.content()
	for _, c := range []struct{ method, path, allow string }{
		{http.MethodPatch, one, "GET, HEAD, DELETE"},
		{http.MethodPost, one, "GET, HEAD, DELETE"},
		{http.MethodPut, "/api/lablet-instances/", "GET, HEAD, POST"},
		{http.MethodTrace, "/api/lablet-instances", "GET, HEAD, POST"},
		{http.MethodOptions, "/api/lablet-instances", "GET, HEAD, POST"},
		{"PROPFIND", "/api/lablet-instances", "GET, HEAD, POST"},
		{"get", "/api/lablet-instances", "GET, HEAD, POST"},
		{http.MethodHead, "/api/events/stream", "GET"},
		{http.MethodGet, "/api/events/pub", "POST, OPTIONS"},
		{http.MethodHead, "/api/events/pub", "POST, OPTIONS"},
	} {
		out := ask(c.method, c.path)
		require.Equal(t, http.StatusMethodNotAllowed, out.StatusCode, "%s %s", c.method, c.path)
		require.Equal(t, c.allow, out.Header.Get("Allow"), "%s %s", c.method, c.path)
	}
	require.Equal(t, before, e.content())
}
