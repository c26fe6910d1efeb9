package httpapi

import (
	"context"
	"strconv"
	"strings"

	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
)

// matching takes an If-Match into the call, which is then refused (412) at another version. Nothing and * take any.
func matching(ctx context.Context, ifMatch string) (context.Context, error) {
	text := strings.TrimSpace(ifMatch)
	if text == "" || text == "*" {
		return ctx, nil
	}
	quoted, err := strconv.Unquote(text)
	if err != nil {
		return ctx, badETag()
	}
	version, err := strconv.ParseInt(quoted, 10, 64)
	if err != nil || version < 1 {
		return ctx, badETag()
	}
	return call.AtVersion(ctx, version), nil
}

func badETag() error {
	return failure.New(failure.Malformed, "bad_etag", "If-Match must be an ETag that the API gave, such as \"7\".")
}
