package docs

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"

	controlplane "github.com/lablet-cloud-manager/lcm/control-plane-api/service"
)

const apiHead = `# API

Printed from the route table of ` + "`core/api`" + ` by a test; ` + "`make docs`" + ` prints it anew. Bodies and parameters are in
[openapi.json](openapi.json), which the API also answers at ` + "`/api/openapi.json`" + `.

- People bring an OIDC bearer token, or the cookie of a session that they opened at ` + "`/api/auth/login`" + `; with the cookie every change needs ` + "`X-CSRF-Token`" + ` from ` + "`/api/auth/session`" + `. Services bring ` + "`X-API-Key`" + `, and where a term is needed ` + "`X-LCM-Term: {service}/{term}`" + `.
- Owner means: the person whose instance it is may call, for others it is as if it did not exist.
- Every request that changes something may carry an ` + "`Idempotency-Key`" + `: a repeat with the same key and body gets the same answer for 24 hours.
- Lists answer a bare array. ` + "`X-Total-Count`" + ` is the total, ` + "`Link: rel=\"next\"`" + ` the next page.
- An answer names the aggregate's version in ` + "`ETag`" + `, and every aggregate that was written in ` + "`X-LCM-Written: {kind}/{id}/{version}/{generation}`" + `.
- A slash at the end of a path is ignored; ` + "`HEAD`" + ` is ` + "`GET`" + ` without the body. What could mean two things, such as a parameter or a field that is given twice, is ` + "`malformed`" + `.
- Errors are RFC 9457 problem documents (` + "`application/problem+json`" + `) with a stable ` + "`code`" + `. Besides the codes of a route any of these may come:

| status | codes |
|---|---|
| 401 | token_missing, bad_token, bad_api_key, session_ended |
| 403 | role_missing, other_service, csrf |
| 404 | route_not_found |
| 405 | method_not_allowed |
| 409 | stale_term |
| 412 | generation_changed |
| 408 | body_too_slow |
| 413 | body_too_large |
| 414 | uri_too_long |
| 415 | media_type |
| 422 | malformed, bad_cursor, term_missing, bad_term, idempotency_key_reused |
| 429 | rate_limited, too_many_at_once |
| 500 | internal |
| 503 | store_unavailable, etcd_unavailable, identity_unavailable, overloaded |
`

func TestAPIDocument(t *testing.T) {
	groups := map[string][]api.Info{}
	var tags []string
	for _, route := range api.Table() {
		info := route.Describe()
		if !slices.Contains(tags, info.Tag) {
			tags = append(tags, info.Tag)
		}
		groups[info.Tag] = append(groups[info.Tag], info)
	}
	// What people call stands first.
	slices.SortStableFunc(tags, func(a, b string) int { return rank(groups[a]) - rank(groups[b]) })
	var b strings.Builder
	b.WriteString(apiHead)
	for _, tag := range tags {
		fmt.Fprintf(&b, "\n## %s\n\n| method | path | does | who | success | codes |\n|---|---|---|---|---|---|\n", tag)
		for _, info := range groups[tag] {
			fmt.Fprintf(&b, "| %s | `%s` | %s | %s | %d | %s |\n", info.Method, info.Path, info.Summary, info.Callers(), info.Status(), list(info.Codes))
		}
	}
	document(t, "api.md", b.String())
}

func rank(group []api.Info) int {
	if group[0].Audience == api.Public {
		return 0
	}
	return 1
}

func list(codes []string) string {
	if len(codes) == 0 {
		return "-"
	}
	return strings.Join(codes, ", ")
}

func TestOpenAPIDocument(t *testing.T) {
	printed, err := controlplane.OpenAPI()
	require.NoError(t, err)
	document(t, "openapi.json", string(printed))
}

func TestEveryRouteIsExplained(t *testing.T) {
	seen := map[string]bool{}
	for _, route := range api.Table() {
		info := route.Describe()
		require.NotEmpty(t, info.Summary, info.ID)
		require.NotEmpty(t, info.Tag, info.ID)
		require.False(t, seen[info.ID], "%s is there twice", info.ID)
		require.False(t, seen[info.Method+" "+info.Path], "%s %s is there twice", info.Method, info.Path)
		seen[info.ID], seen[info.Method+" "+info.Path] = true, true
	}
}
