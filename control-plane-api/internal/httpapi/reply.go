package httpapi

import (
	"context"
	"net/url"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/page"
)

// reply is what a handler says besides the body.
type reply struct {
	// self is the request's URL, from which the next page's is made.
	self                               url.URL
	etag, location, link, total, cache string
	written                            []api.Written
	// succeeded tells that it is answered: a refusal has none of it.
	succeeded bool
}

type replyKey struct{}

const (
	headerETag     = "ETag"
	headerLocation = "Location"
	headerLink     = "Link"
	headerCache    = "Cache-Control"
)

// replyHeaders documents the headers of answers.
func replyHeaders() map[string]*huma.Header {
	all := map[string]*huma.Header{}
	for name, text := range map[string]string{
		api.HeaderWritten:    "What the call wrote, once for each thing: kind, id, version and generation.",
		api.HeaderTotalCount: "How many rows the whole list has.",
		headerETag:           "The thing's version, to be sent as If-Match with a change.",
		headerLocation:       "Where the new thing is.",
		headerLink:           "The next page of a list.",
		headerCache:          "How long the answer may be kept.",
	} {
		all[name] = &huma.Header{Description: text, Schema: &huma.Schema{Type: huma.TypeString}}
	}
	return all
}

// succeed lets the reply be answered, along with what was written.
func (r *reply) succeed(written []api.Written) { r.written, r.succeeded = written, true }

// put writes the headers.
func (r *reply) put(ctx huma.Context) {
	for _, w := range r.written {
		ctx.AppendHeader(api.HeaderWritten, w.String())
	}
	for _, h := range [...]struct{ name, value string }{
		{api.HeaderTotalCount, r.total}, {headerETag, r.etag}, {headerLocation, r.location}, {headerLink, r.link}, {headerCache, r.cache},
	} {
		if h.value != "" {
			ctx.SetHeader(h.name, h.value)
		}
	}
}

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
