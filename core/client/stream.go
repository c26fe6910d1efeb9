package client

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// Events is an open stream of events. It is for one goroutine; Close it.
type Events struct {
	body  io.ReadCloser
	lines *bufio.Reader
	last  string
}

// StreamEvents calls api.RouteStreamEvents. The stream lasts until ctx ends, Close, or the API ends it; whoever wants to go on
// opens another one with LastEventID.
func (c *Client) StreamEvents(ctx context.Context, req api.StreamEvents) (*Events, error) {
	info := api.RouteStreamEvents.Info
	m, err := encode(info, req)
	if err != nil {
		return nil, failure.Wrap(err, failure.Internal, "bad_request_value", "The request could not be encoded.")
	}
	request, err := http.NewRequestWithContext(ctx, info.Method, c.base+m.path, nil)
	if err != nil {
		return nil, failure.Wrap(err, failure.Internal, "bad_request_value", "The request could not be made.")
	}
	request.Header = m.header
	request.Header.Set("Accept", "text/event-stream")
	if err := c.identify(ctx, info, request); err != nil {
		return nil, err
	}
	// The time-out of calls would end the stream.
	lasting := *c.http
	lasting.Timeout = 0
	response, err := lasting.Do(request)
	if err != nil {
		return nil, unreachable(ctx, err)
	}
	if response.StatusCode >= http.StatusBadRequest {
		defer func() { _ = response.Body.Close() }()
		body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
		if err != nil {
			return nil, unreachable(ctx, err)
		}
		return nil, problem(response, body)
	}
	return &Events{body: response.Body, lines: bufio.NewReaderSize(response.Body, 64<<10), last: req.LastEventID}, nil
}

// Next waits for the next frame. io.EOF when the API has ended the stream.
func (e *Events) Next() (api.StreamFrame, error) {
	var data strings.Builder
	for {
		line, err := e.lines.ReadString('\n')
		if err != nil {
			return api.StreamFrame{}, err
		}
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			if data.Len() == 0 {
				continue
			}
			var frame api.StreamFrame
			if err := json.Unmarshal([]byte(data.String()), &frame); err != nil {
				return frame, failure.Wrap(err, failure.Internal, "bad_answer", "A frame of the stream could not be read.")
			}
			return frame, nil
		}
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch field {
		case "data":
			if data.Len()+len(value) > maxAnswer {
				return api.StreamFrame{}, failure.New(failure.TooLarge, "bad_answer", "A frame of the stream is too large.")
			}
			data.WriteString(value)
		case "id":
			e.last = value
		}
	}
}

// LastEventID is where the stream has come to.
func (e *Events) LastEventID() string { return e.last }

// Close ends the stream.
func (e *Events) Close() error { return e.body.Close() }
