// Package client is the typed client of control-plane-api. Each call takes a route of core/api, so client and server
// cannot drift apart.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/lablet-cloud-manager/lcm/core/answer"
	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/secret"
)

// Config says where the API is and who calls.
type Config struct {
	// BaseURL is the API's address, such as http://127.0.0.1:8020.
	BaseURL string
	// Service and APIKey are a controller's identity for internal routes.
	Service string
	APIKey  secret.String
	// Token gives a person's bearer token for public routes; nil sends none.
	Token func(context.Context) (string, error)
	// HTTP is the transport; http.DefaultTransport with a time-out of 30 s when nil.
	HTTP *http.Client
	// Written is told of every aggregate that a command wrote; nil ignores it.
	Written func(api.Written)
	// Retry tells how often and how fast calls are repeated; the zero value is the default.
	Retry Retry
}

// Client calls control-plane-api. It is safe for concurrent use.
type Client struct {
	config Config
	base   string
	http   *http.Client
}

// New makes a client.
func New(config Config) (*Client, error) {
	base, err := url.Parse(config.BaseURL)
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") {
		return nil, fmt.Errorf("control plane address %q: want http(s)://host", config.BaseURL)
	}
	transport := config.HTTP
	if transport == nil {
		transport = &http.Client{Timeout: 30 * time.Second}
	}
	config.Retry = config.Retry.withDefaults()
	return &Client{config: config, base: strings.TrimSuffix(config.BaseURL, "/"), http: transport}, nil
}

type termKey struct{}

// WithTerm puts a leader's term into a context: changing internal calls made with it carry the term.
func WithTerm(ctx context.Context, term api.Term) context.Context {
	return context.WithValue(ctx, termKey{}, term)
}

// Call calls a route. Errors are failure.Errors: a problem document keeps its code; an unreachable API is Unavailable
// with code "api_unavailable". POSTs carry an Idempotency-Key that repeats keep, so a lost answer does no harm.
func Call[Req, Resp any](ctx context.Context, c *Client, route api.Route[Req, Resp], req Req) (Resp, error) {
	var answer Resp
	_, err := Do(ctx, c, route, req, &answer)
	return answer, err
}

// Do is Call that also gives the answer's headers.
func Do[Req, Resp any](ctx context.Context, c *Client, route api.Route[Req, Resp], req Req, answer *Resp) (http.Header, error) {
	message, err := encode(route.Info, req)
	if err != nil {
		return nil, failure.Wrap(err, failure.Internal, "bad_request_value", "The request could not be encoded.")
	}
	if route.Method == http.MethodPost && message.header.Get(api.HeaderIdempotencyKey) == "" {
		message.header.Set(api.HeaderIdempotencyKey, uuid.NewString())
	}
	header, body, err := c.repeat(ctx, route.Info, message)
	if err != nil {
		return header, err
	}
	if len(body) == 0 {
		return header, nil
	}
	if file, ok := any(answer).(*[]byte); ok {
		*file = body // a file, not JSON
		return header, nil
	}
	if err := json.Unmarshal(body, answer); err != nil {
		return header, failure.Wrap(err, failure.Internal, "bad_answer", "The API's answer to %s could not be read.", route.ID)
	}
	return header, nil
}

// once sends a message one time. A nil error means success; retry says whether sending again may help.
func (c *Client) once(ctx context.Context, info api.Info, m message) (header http.Header, body []byte, err error) {
	request, err := http.NewRequestWithContext(ctx, info.Method, c.base+m.path, bytes.NewReader(m.body))
	if err != nil {
		return nil, nil, failure.Wrap(err, failure.Internal, "bad_request_value", "The request could not be made.")
	}
	request.Header = m.header.Clone()
	if err := c.identify(ctx, info, request); err != nil {
		return nil, nil, err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, nil, unreachable(ctx, err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err = answer.Read(ctx, response.Body, maxAnswer)
	switch {
	case errors.Is(err, answer.ErrTooLarge):
		return response.Header, nil, failure.New(failure.TooLarge, "bad_answer", "The API answered more than %d bytes to %s.", maxAnswer, info.ID)
	case err != nil:
		return response.Header, nil, unreachable(ctx, err)
	}
	if response.StatusCode >= http.StatusBadRequest {
		return response.Header, nil, problem(response, body)
	}
	c.note(response.Header)
	return response.Header, body, nil
}

const maxAnswer = 32 << 20

func (c *Client) identify(ctx context.Context, info api.Info, request *http.Request) error {
	if info.Audience == api.Internal {
		request.Header.Set(api.HeaderAPIKey, c.config.APIKey.Reveal())
		request.Header.Set(api.HeaderService, c.config.Service)
		if term, ok := ctx.Value(termKey{}).(api.Term); ok {
			request.Header.Set(api.HeaderTerm, term.String())
		}
		return nil
	}
	if c.config.Token == nil {
		return nil
	}
	token, err := c.config.Token(ctx)
	if err != nil {
		return failure.Wrap(err, failure.Unauthenticated, "no_token", "No access token could be had.")
	}
	request.Header.Set("Authorization", "Bearer "+token)
	return nil
}

func (c *Client) note(header http.Header) {
	if c.config.Written == nil {
		return
	}
	for _, line := range header.Values(api.HeaderWritten) {
		if written, err := api.ParseWritten(line); err == nil {
			c.config.Written(written)
		}
	}
}

func unreachable(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	return failure.Wrap(err, failure.Unavailable, "api_unavailable", "The control plane does not answer.")
}
