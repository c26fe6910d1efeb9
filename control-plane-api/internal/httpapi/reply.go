package httpapi

import (
	"context"
	"net/url"
	"strconv"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/page"
)

// reply is what a handler says besides the body.
type reply struct {
	// self is the request's URL, from which the next page's is made.
	self                               url.URL
	etag, location, link, total, cache string
}

type replyKey struct{}

func replyOf(ctx context.Context) *reply {
	if r, ok := ctx.Value(replyKey{}).(*reply); ok {
		return r
	}
	return &reply{}
}

// setVersion answers the aggregate's version as ETag.
func setVersion(ctx context.Context, version int64) {
	if version > 0 {
		replyOf(ctx).etag = etagOf(version)
	}
}

func etagOf(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// created answers where a new thing is.
func created(ctx context.Context, location string, version int64) {
	replyOf(ctx).location = location
	setVersion(ctx, version)
}

// answerPage answers a list as a bare array, with the total and the next page's cursor in headers.
func answerPage[T any](ctx context.Context, p page.Page[T], err error) ([]T, error) {
	if err != nil {
		return nil, err
	}
	r := replyOf(ctx)
	r.total = strconv.Itoa(p.Total)
	if p.Next != "" {
		next := r.self
		values := next.Query()
		values.Del("skip")
		values.Set("cursor", p.Next)
		next.RawQuery = values.Encode()
		r.link = "<" + next.RequestURI() + `>; rel="next"`
	}
	if p.Items == nil {
		return []T{}, nil
	}
	return p.Items, nil
}
