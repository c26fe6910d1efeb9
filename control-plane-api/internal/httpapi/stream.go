package httpapi

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// Streams serves streams of events.
type Streams interface {
	// Open admits the caller of the context. What it gives serves the stream until the context ends, a write fails or the
	// stream is over, and must be called once.
	Open(ctx context.Context, req api.StreamEvents) (serve func(ctx context.Context, write func([]byte) error), err error)
}

// streamWrite is how long a reader may take for what is written to him; then the connection is cut.
const streamWrite = 10 * time.Second

func (s *server) streamRoutes() {
	info := api.RouteStreamEvents.Info
	op := s.operation(info)
	op.Description = "Frames of server-sent events. The stream begins with connected and, unless it is resumed, with snapshots."
	for _, p := range []struct {
		name, in, description string
		longest               int
	}{
		{"worker_ids", "query", "Only what is about one of these workers; ids with commas between.", maxStreamFilter},
		{"event_types", "query", "Only events of one of these types, compared exactly; with commas between.", maxStreamFilter},
		{"Last-Event-ID", "header", "Id of the last event that was seen.", maxEventID},
	} {
		longest := p.longest
		op.Parameters = append(op.Parameters, &huma.Param{
			Name: p.name, In: p.in, Description: p.description, Schema: &huma.Schema{Type: huma.TypeString, MaxLength: &longest},
		})
	}
	handleRaw(s, op, info, nil, media{"text/event-stream": reflect.TypeFor[api.StreamFrame]()}, s.stream)
}

const maxStreamFilter, maxEventID = 8192, 64

// stream serves events until the caller goes. Neither the deadline of requests nor those of the server's connections hold for
// it: each write has its own.
func (s *server) stream(ctx context.Context, w http.ResponseWriter, r *http.Request) error {
	req, err := streamRequest(r)
	if err != nil {
		return err
	}
	serve, err := s.Streams.Open(ctx, req)
	if err != nil {
		return err
	}
	control := http.NewResponseController(w)
	// A writer without deadlines is a test's; a real connection has them.
	_ = control.SetReadDeadline(time.Time{})
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	lasting, cancel := untimed(ctx)
	defer cancel()
	serve(lasting, func(text []byte) error {
		if err := control.SetWriteDeadline(time.Now().Add(streamWrite)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return err
		}
		if _, err := w.Write(text); err != nil {
			return err
		}
		return control.Flush()
	})
	return nil
}

// streamRequest reads the parameters as strictly as those of any route.
func streamRequest(r *http.Request) (api.StreamEvents, error) {
	query := r.URL.Query()
	for name := range query {
		if name != "worker_ids" && name != "event_types" {
			return api.StreamEvents{}, failure.New(failure.Malformed, "malformed", "The stream takes worker_ids and event_types, nothing else.")
		}
	}
	req := api.StreamEvents{WorkerIDs: query.Get("worker_ids"), EventTypes: query.Get("event_types"), LastEventID: r.Header.Get("Last-Event-ID")}
	if len(req.WorkerIDs) > maxStreamFilter || len(req.EventTypes) > maxStreamFilter || len(req.LastEventID) > maxEventID {
		return req, failure.New(failure.Malformed, "malformed", "A parameter of the stream is too long.")
	}
	return req, nil
}

type untimedKey struct{}

// untimed is the request's context without the deadline that all requests have: it ends when the caller goes.
func untimed(ctx context.Context) (context.Context, context.CancelFunc) {
	lasting, cancel := context.WithCancel(context.WithoutCancel(ctx))
	request, ok := ctx.Value(untimedKey{}).(context.Context)
	if !ok {
		request = ctx
	}
	stop := context.AfterFunc(request, cancel)
	return lasting, func() {
		stop()
		cancel()
	}
}
