package httpapi

import (
	"context"
	"strconv"
	"strings"

	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
)

// matching takes an If-Match into the call, which is then refused (412) at a version that it does not name. Nothing and * take any.
func matching(ctx context.Context, ifMatch string) (context.Context, error) {
	text := strings.TrimSpace(ifMatch)
	if text == "" || text == "*" {
		return ctx, nil
	}
	versions, ok := versionsOf(text)
	if !ok {
		return ctx, badETag()
	}
	return call.AtVersions(ctx, versions), nil
}

// versionsOf reads a list of ETags as RFC 9110 has it, where elements may be empty. If-Match compares strongly: a weak ETag names no
// version, nor does one that the API never gives. ok is false for what is no such list.
func versionsOf(list string) (versions []int64, ok bool) {
	const between = ", \t"
	versions = []int64{}
	for rest := strings.TrimLeft(list, between); rest != ""; {
		strong := strings.TrimPrefix(rest, "W/")
		opaque, after, closed := cutTag(strong)
		if !closed {
			return nil, false
		}
		if version, given := versionOf(opaque); given && strong == rest {
			versions = append(versions, version)
		}
		if after = strings.TrimLeft(after, " \t"); after != "" && after[0] != ',' {
			return nil, false
		}
		rest, ok = strings.TrimLeft(after, between), true
	}
	return versions, ok
}

// cutTag takes a quoted text off. In it are neither quotes nor blanks nor control characters.
func cutTag(text string) (opaque, after string, closed bool) {
	inner, quoted := strings.CutPrefix(text, `"`)
	opaque, after, closed = strings.Cut(inner, `"`)
	outside := func(r rune) bool { return r <= ' ' || r == 0x7f }
	return opaque, after, quoted && closed && !strings.ContainsFunc(opaque, outside)
}

func versionOf(opaque string) (version int64, given bool) {
	version, err := strconv.ParseInt(opaque, 10, 64)
	return version, err == nil && version > 0 && etagOf(version) == `"`+opaque+`"`
}

func badETag() error {
	return failure.New(failure.Malformed, "bad_etag", "If-Match must be * or a list of ETags in quotes, such as \"7\".")
}
