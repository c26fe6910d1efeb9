// Package grading speaks to the grading engine: sessions with parts, pods, grading and scores.
package grading

import (
	"context"
	"net/http"
	"strings"

	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/rest"
)

// Config says where the engine is and who calls it.
type Config struct {
	// BaseURL is the engine's address, without /api/v1.
	BaseURL string
	// TokenURL, ClientID and ClientSecret are for the client credentials grant.
	TokenURL     string
	ClientID     string
	ClientSecret secret.String
	Scopes       string
}

// Client calls the engine. It is safe for concurrent use.
type Client struct{ calls rest.Client }

// New makes a client on an HTTP transport.
func New(config Config, transport http.RoundTripper) *Client {
	tokens := newTokens(config, transport)
	return &Client{calls: rest.Client{
		Base: strings.TrimRight(config.BaseURL, "/") + "/api/v1", Name: "The grading engine", Code: "grading",
		HTTP: rest.Transport(transport), MaxAnswer: 16 << 20,
		Authorize: func(ctx context.Context, request *http.Request) error {
			token, err := tokens.get(ctx)
			if err != nil {
				return err
			}
			request.Header.Set("Authorization", "Bearer "+token.Reveal())
			return nil
		},
	}}
}
