package httpapi

import (
	"context"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// Inbox takes events of outside systems.
type Inbox interface {
	// Admits says, before a body is read, whether the sender can be known at all.
	Admits(header http.Header) error
	// Receive stores an event as it was sent; nil means that it is stored.
	Receive(ctx context.Context, header http.Header, body []byte) error
}

// maxEvent is the largest event in bytes.
const maxEvent = 1 << 20

func (s *server) eventRoutes() {
	for _, route := range []api.Described{api.RouteReceiveCloudEvent, api.RouteReceiveEvent, api.RouteReceivePublished, api.RouteReceiveAtRoot} {
		info := route.Describe()
		event := reflect.TypeFor[api.CloudEvent]()
		in := media{api.CloudEventType: event, "application/json": reflect.TypeFor[any]()}
		op := s.operation(info)
		op.Description = "The structured form, or the binary one with the attributes in ce- headers. OPTIONS answers the handshake of CloudEvents' webhooks."
		op.Errors = append(op.Errors, http.StatusUnsupportedMediaType)
		handleRaw(s, op, info, in, nil, s.receive)
		s.huma.Adapter().Handle(&huma.Operation{Method: http.MethodOptions, Path: info.Path}, s.allowSender)
	}
	handle(s, api.RouteForwardEvent, s.forwarded)
	s.streamRoutes()
	s.deadLetterRoutes()
}

// receive takes an event: 202 when it is stored.
func (s *server) receive(ctx context.Context, w http.ResponseWriter, r *http.Request) error {
	if r.URL.Path == api.RouteReceiveAtRoot.Path && !isEvent(r.Header) {
		return failure.New(failure.NotFound, "route_not_found", "There is nothing at this path.")
	}
	if err := s.Inbox.Admits(r.Header); err != nil {
		return err
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxEvent))
	if err != nil {
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			return failure.New(failure.TooLarge, "event_too_large", "An event may have %d bytes.", maxEvent)
		}
		return failure.Wrap(err, failure.Malformed, "bad_event", "The event could not be read.")
	}
	if err := s.Inbox.Receive(ctx, r.Header, body); err != nil {
		return err
	}
	w.WriteHeader(http.StatusAccepted)
	return nil
}

// isEvent tells whether a request claims to carry a CloudEvent.
func isEvent(header http.Header) bool {
	return header.Get("Ce-Specversion") != "" || strings.HasPrefix(strings.ToLower(header.Get("Content-Type")), "application/cloudevents")
}

// forwarded takes an event that another service was sent.
func (s *server) forwarded(ctx context.Context, req *api.ForwardEvent) (api.Forwarded, error) {
	header := http.Header{}
	for _, h := range req.Body.Headers {
		header.Set(h.Name, h.Value)
	}
	if err := s.Inbox.Receive(ctx, header, req.Body.Content); err != nil {
		return api.Forwarded{}, err
	}
	return api.Forwarded{Stored: true}, nil
}

// allowSender answers whether and how fast a sender may send. Who he is shows when he sends.
func (s *server) allowSender(ctx huma.Context) {
	r, w := humachi.Unwrap(ctx)
	w.Header().Set("Allow", "OPTIONS, POST")
	if origin := r.Header.Get("WebHook-Request-Origin"); origin != "" {
		w.Header().Set("WebHook-Allowed-Origin", origin)
		w.Header().Set("WebHook-Allowed-Rate", s.senderRate())
	}
	w.WriteHeader(http.StatusNoContent)
}

// senderRate is in events a minute; a star is no limit.
func (s *server) senderRate() string {
	if s.Limits.PerSecond <= 0 {
		return "*"
	}
	return strconv.Itoa(max(1, int(s.Limits.PerSecond*60)))
}
