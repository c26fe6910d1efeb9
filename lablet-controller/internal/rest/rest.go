// Package rest calls JSON services: with a deadline, a limit on what is read, and failures in the words of core/failure.
package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/answer"
	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// Client calls one service. Its fields must not change once it is used.
type Client struct {
	// Base is the address before a call's path, without a slash at its end.
	Base string
	// Name is the service's name in sentences, Code begins the codes of its failures.
	Name, Code string
	// Authorize puts credentials on a request; nil sends none.
	Authorize func(ctx context.Context, request *http.Request) error
	// HTTP must not follow redirects (see Transport).
	HTTP *http.Client
	// Timeout bounds one call; 0 means 30 s. MaxAnswer bounds what is read, in bytes; 0 means 8 MiB.
	Timeout   time.Duration
	MaxAnswer int64
}

// Call is one request. Path is escaped already.
type Call struct {
	Method, Path string
	Query        url.Values
	// Body is sent as JSON unless it is nil.
	Body any
}

// Transport makes an HTTP client that follows no redirect: credentials must not travel to wherever an answer points.
func Transport(round http.RoundTripper) *http.Client {
	return &http.Client{
		Transport:     round,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Do sends a call and reads its answer into answer, unless that is nil. Failures: Unavailable ({code}_unavailable) when
// nothing or a 5xx came back, and then the call may have had its effect; else by status.
func (c *Client) Do(ctx context.Context, call Call, answer any) error {
	ctx, cancel := context.WithTimeout(ctx, orElse(c.Timeout, 30*time.Second))
	defer cancel()
	request, err := c.request(ctx, call)
	if err != nil {
		return err
	}
	response, err := c.HTTP.Do(request)
	if err != nil {
		return c.unreachable(ctx, err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := c.read(ctx, response.Body)
	if response.StatusCode >= http.StatusMultipleChoices {
		return c.refusal(response)
	}
	if err != nil || answer == nil {
		return err
	}
	if err := json.Unmarshal(body, answer); err != nil {
		return failure.Wrap(err, failure.Internal, c.Code+"_bad_answer", "%s gave an answer that could not be read.", c.Name)
	}
	return nil
}

func (c *Client) request(ctx context.Context, call Call) (*http.Request, error) {
	var body io.Reader
	if call.Body != nil {
		encoded, err := json.Marshal(call.Body)
		if err != nil {
			return nil, fmt.Errorf("%s: encode: %w", c.Name, err)
		}
		body = bytes.NewReader(encoded)
	}
	address := c.Base + call.Path
	if len(call.Query) > 0 {
		address += "?" + call.Query.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, call.Method, address, body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Name, err)
	}
	request.Header.Set("Accept", "application/json")
	if call.Body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if c.Authorize != nil {
		return request, c.Authorize(ctx, request)
	}
	return request, nil
}

func (c *Client) read(ctx context.Context, from io.Reader) ([]byte, error) {
	limit := orElse(c.MaxAnswer, 8<<20)
	body, err := answer.Read(ctx, from, limit)
	switch {
	case errors.Is(err, answer.ErrTooLarge):
		return nil, failure.New(failure.TooLarge, c.Code+"_answer_too_large", "%s answered more than %d bytes.", c.Name, limit)
	case err != nil:
		return nil, c.unreachable(ctx, err)
	}
	return body, nil
}

// unreachable keeps a cancelled context apart: then nobody is to blame.
func (c *Client) unreachable(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	return failure.Wrap(err, failure.Unavailable, c.Code+"_unavailable", "%s does not answer.", c.Name)
}

func orElse[T comparable](value, other T) T {
	var zero T
	if value == zero {
		return other
	}
	return value
}
