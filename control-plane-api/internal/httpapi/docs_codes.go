package httpapi

import (
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// describeCodes says of each operation who may call it and with which codes it may refuse, in words and as the extensions x-roles
// and x-codes.
func describeCodes(document *huma.OpenAPI) {
	infos := map[string]api.Info{}
	for _, route := range api.Table() {
		infos[route.Describe().ID] = route.Describe()
	}
	for _, item := range document.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op == nil {
				continue
			}
			info := infos[op.OperationID]
			codes := codesOf(op, info)
			op.Extensions = map[string]any{"x-codes": codes, "x-audience": string(info.Audience), "x-roles": roleNames(info)}
			op.Description = "For " + info.Callers() + ". Codes of refusals: " + strings.Join(codes, ", ") + "."
		}
	}
}

// codesOf are all codes that an operation may refuse with: its own, and those of what is checked for every operation alike.
func codesOf(op *huma.Operation, info api.Info) []string {
	codes := append(slices.Clone(info.Codes), "malformed", "rate_limited", "overloaded", "store_unavailable")
	takes := func(in, name string) bool {
		return slices.ContainsFunc(op.Parameters, func(p *huma.Param) bool { return p.In == in && p.Name == name })
	}
	switch info.Audience {
	case api.Public:
		codes = append(codes, "token_missing", "bad_token", "session_ended", "identity_unavailable")
	case api.Browser:
		codes = append(codes, "session_ended")
	case api.Internal:
		codes = append(codes, "bad_api_key", "bad_term")
	}
	if len(info.Roles) > 0 && !info.Owner {
		codes = append(codes, "role_missing")
	}
	if info.NeedsTerm {
		codes = append(codes, "term_missing", "stale_term", "generation_changed")
	}
	if info.Method != http.MethodGet {
		codes = append(codes, "idempotency_key_reused", "body_too_large", "body_too_slow", "media_type")
		if info.Audience == api.Public {
			codes = append(codes, "csrf")
		}
	}
	if takes("header", "If-Match") {
		codes = append(codes, "bad_etag", "version_changed")
	}
	if takes("query", "cursor") {
		codes = append(codes, "bad_cursor")
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

func roleNames(info api.Info) []string {
	names := []string{}
	for _, role := range info.Roles {
		names = append(names, string(role))
	}
	return names
}
