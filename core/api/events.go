package api

import (
	"encoding/json"
	"net/http"
	"time"
)

// StreamEvents opens a stream of server-sent events: first what there is, then each change. The stream is a hint for those
// who watch; what must not be missed goes out as CloudEvents.
type StreamEvents struct {
	WorkerIDs  string `query:"worker_ids" maxLength:"8192" doc:"Only what is about one of these workers; ids with commas between."`
	EventTypes string `query:"event_types" maxLength:"8192" doc:"Only events of one of these types, compared exactly; with commas between."`
	// LastEventID goes on where a stream broke off, as far as the API remembers; further back it begins with what there is.
	LastEventID string `header:"Last-Event-ID" maxLength:"64" doc:"Id of the last event that was seen; browsers send it by themselves."`
}

// StreamFrame is the data of every frame of a stream. Of an aggregate a reader keeps the highest version, and drops lower
// ones that still come.
type StreamFrame struct {
	Type   string    `json:"type" doc:"What happened, such as worker.status.updated; the same as the frame's event."`
	Source string    `json:"source"`
	Time   time.Time `json:"time"`
	// Kind, ID and Version name the aggregate that the frame is about; frames of the stream itself have none.
	Kind    string          `json:"kind,omitempty"`
	ID      string          `json:"id,omitempty"`
	Version int64           `json:"version,omitempty"`
	Data    json.RawMessage `json:"data"`
}

// CloudEvent is an event in the structured form of CloudEvents 1.0.
type CloudEvent struct {
	SpecVersion     string          `json:"specversion"`
	ID              string          `json:"id"`
	Source          string          `json:"source"`
	Type            string          `json:"type"`
	Subject         string          `json:"subject,omitempty"`
	Time            *time.Time      `json:"time,omitempty"`
	DataContentType string          `json:"datacontenttype,omitempty"`
	Data            json.RawMessage `json:"data,omitempty"`
}

// CloudEventType is the media type of a CloudEvent.
const CloudEventType = "application/cloudevents+json"

// SendEvent hands an outside system's event in; the binary form, with the attributes in headers, is taken as well.
type SendEvent struct {
	Body CloudEvent `contentType:"application/cloudevents+json"`
}

// ForwardEvent hands on an event that came to another service, as it came: the API checks who sent it.
type ForwardEvent struct {
	Body ForwardEventBody
}

// ForwardEventBody is the event's request.
type ForwardEventBody struct {
	Headers []EventHeader `json:"headers" maxItems:"64" doc:"The headers that say what the event is and who sent it."`
	Content []byte        `json:"content" doc:"The body, byte for byte."`
}

// EventHeader is one header of an event's request.
type EventHeader struct {
	Name  string `json:"name" minLength:"1" maxLength:"128"`
	Value string `json:"value" maxLength:"8192"`
}

// Forwarded says that the event is stored.
type Forwarded struct {
	Stored bool `json:"stored"`
}

const (
	tagEvents = "Events"
	// maxForward holds the largest event in base64 with its headers.
	maxForward = 2 << 20
)

// inbound describes one of the addresses that take events: senders are configured with different ones.
func inbound(id, path string) Info {
	return Info{
		ID: id, Method: http.MethodPost, Path: path, Tag: tagEvents, Summary: "Take a CloudEvent of an outside system", Audience: Inbound,
		Success: http.StatusAccepted, Codes: []string{"event_unauthenticated", "media_type", "bad_event", "event_too_old", "event_too_large"},
	}
}

// inboundAtRoot takes events only: what is none finds nothing there.
func inboundAtRoot() Info {
	info := inbound("receive-event-at-root", "/")
	info.Codes = append(info.Codes, "route_not_found")
	return info
}

// The routes of events.
var (
	RouteStreamEvents = Route[StreamEvents, StreamFrame]{Info{
		ID: "stream-events", Method: http.MethodGet, Path: "/api/events/stream", Tag: tagEvents, Summary: "Watch changes as server-sent events",
		Audience: Public, Codes: []string{"stream_unavailable", "too_many_streams"},
	}}
	RouteReceiveCloudEvent = Route[SendEvent, None]{inbound("receive-cloud-event", "/api/cloudevents")}
	RouteReceiveEvent      = Route[SendEvent, None]{inbound("receive-event", "/api/events")}
	RouteReceivePublished  = Route[SendEvent, None]{inbound("receive-published-event", "/api/events/pub")}
	RouteReceiveAtRoot     = Route[SendEvent, None]{inboundAtRoot()}
	// RouteForwardEvent may be called by any replica.
	RouteForwardEvent = Route[ForwardEvent, Forwarded]{Info{
		ID: "forward-event", Method: http.MethodPost, Path: "/api/internal/events", Tag: "Internal", Summary: "Hand on an event of an outside system",
		Audience: Internal, BodyLimit: maxForward, Codes: []string{"event_unauthenticated", "media_type", "bad_event", "event_too_old", "event_too_large"},
	}}
)

func eventRoutes() []Described {
	return []Described{
		RouteStreamEvents, RouteListDeadLetters, RouteResendDeadLetters, RouteReceiveCloudEvent, RouteReceivePublished, RouteReceiveEvent,
		RouteReceiveAtRoot, RouteForwardEvent,
	}
}
