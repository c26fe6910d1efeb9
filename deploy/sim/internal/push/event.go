// Package push delivers CloudEvents of a simulator to a sink: at least once, in
// order per subject, retried with back-off until the sink accepts.
package push

import (
	"context"
	"fmt"
	"net/http"
	"time"

	cloudevents "github.com/cloudevents/sdk-go/v2"
	"github.com/cloudevents/sdk-go/v2/binding"
	cehttp "github.com/cloudevents/sdk-go/v2/protocol/http"
)

// Event is one CloudEvent. All attributes must be printable ASCII, since the
// binary mode carries them as header values.
type Event struct {
	ID      string
	Source  string
	Type    string
	Subject string
	Time    time.Time
	Data    any
}

// Sink is the receiver of events. With an empty URL nothing is sent and the
// events wait.
type Sink struct {
	URL string `json:"url"`
	// Token, when set, is sent as bearer token.
	Token string `json:"token,omitempty"`
	// Structured chooses the structured content mode; the default is binary.
	Structured bool `json:"structured"`
}

func request(ctx context.Context, sink Sink, e Event) (*http.Request, error) {
	ce := cloudevents.NewEvent()
	ce.SetID(e.ID)
	ce.SetSource(e.Source)
	ce.SetType(e.Type)
	ce.SetSubject(e.Subject)
	ce.SetTime(e.Time)
	if err := ce.SetData(cloudevents.ApplicationJSON, e.Data); err != nil {
		return nil, fmt.Errorf("encode event data: %w", err)
	}
	if err := ce.Validate(); err != nil {
		return nil, fmt.Errorf("event: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, sink.URL, http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("sink request: %w", err)
	}
	mode := ctx
	if sink.Structured {
		mode = binding.WithForceStructured(ctx)
	}
	if err := cehttp.WriteRequest(mode, binding.ToMessage(&ce), req); err != nil {
		return nil, fmt.Errorf("encode event: %w", err)
	}
	if sink.Token != "" {
		req.Header.Set("Authorization", "Bearer "+sink.Token)
	}
	return req, nil
}
