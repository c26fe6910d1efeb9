package inbox

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/cloudevents/sdk-go/v2/binding"
	cloudevents "github.com/cloudevents/sdk-go/v2/event"
	cehttp "github.com/cloudevents/sdk-go/v2/protocol/http"

	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/blobs"
)

// Event is what is kept of an event.
type Event struct {
	ID      string          `json:"id"`
	Source  string          `json:"source"`
	Type    string          `json:"type"`
	Subject string          `json:"subject,omitempty"`
	At      time.Time       `json:"time,omitzero"`
	Data    json.RawMessage `json:"data,omitempty"`
}

// key is the id under which the event is stored: source and id together name an event, whoever sends it again.
func (e Event) key() string {
	text, err := json.Marshal([]string{e.Source, e.ID})
	if err != nil { // strings always encode
		return ""
	}
	return blobs.Hash(text)
}

// maxAttribute is the longest that an attribute may be.
const maxAttribute = 512

func mediaType(header http.Header) string {
	kind, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return kind
}

// decode reads an event in binary or structured form. Codes: media_type, bad_event.
func decode(ctx context.Context, header http.Header, body []byte) (Event, error) {
	if kind := mediaType(header); strings.HasPrefix(kind, "application/cloudevents") && kind != cloudevents.ApplicationCloudEventsJSON {
		return Event{}, failure.New(failure.Malformed, "media_type", "Events are taken one at a time, structured as %s or in binary form.", cloudevents.ApplicationCloudEventsJSON)
	}
	message := cehttp.NewMessage(header, io.NopCloser(bytes.NewReader(body)))
	if encoding := message.ReadEncoding(); encoding != binding.EncodingBinary && encoding != binding.EncodingStructured {
		return Event{}, bad("it has neither the headers nor the media type of a CloudEvent")
	}
	read, err := binding.ToEvent(ctx, message)
	if err != nil {
		return Event{}, bad("it cannot be read")
	}
	if err := read.Validate(); err != nil || read.SpecVersion() != cloudevents.CloudEventsVersionV1 {
		return Event{}, bad("it is not a valid event of version 1.0")
	}
	e := Event{ID: read.ID(), Source: read.Source(), Type: read.Type(), Subject: read.Subject(), At: read.Time().UTC(), Data: read.Data()}
	return e, e.check()
}

// check makes sure that the event can be stored.
func (e Event) check() error {
	for name, value := range map[string]string{"id": e.ID, "source": e.Source, "type": e.Type, "subject": e.Subject} {
		if len(value) > maxAttribute {
			return bad("its " + name + " is too long")
		}
		if !utf8.ValidString(value) || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return bad("its " + name + " has characters that are not printed")
		}
	}
	if year := e.At.Year(); !e.At.IsZero() && (year < 0 || year > 9999) {
		return bad("its time is out of range")
	}
	if len(e.Data) > 0 && !json.Valid(e.Data) {
		return bad("its data is not JSON")
	}
	return nil
}

func bad(why string) error {
	return failure.New(failure.Malformed, "bad_event", "The event is not taken: %s.", why)
}
