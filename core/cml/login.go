package cml

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/secret"
)

// authenticated gives a token other than the one that was refused. Of many callers one logs in, the others wait for
// it; how long a token lasts is never assumed.
func (c *Client) authenticated(ctx context.Context, refused secret.String) (secret.String, error) {
	select {
	case c.login <- struct{}{}:
		defer func() { <-c.login }()
	case <-ctx.Done():
		return secret.String{}, sendFailure("POST /authenticate", ctx.Err())
	}
	if token := c.currentToken(); !token.IsZero() && token.Reveal() != refused.Reveal() {
		return token, nil
	}
	token, err := c.authenticate(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.token = token
	return token, err
}

func (c *Client) currentToken() secret.String {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.token
}

func (c *Client) authenticate(ctx context.Context) (secret.String, error) {
	body := map[string]string{"username": c.username, "password": c.password.Reveal()}
	what, err := newCall(http.MethodPost, "/authenticate", nil, Sensitive{Body: body})
	if err != nil {
		return secret.String{}, err
	}
	status, answer, err := c.send(ctx, what, secret.String{})
	if err != nil {
		return secret.String{}, err
	}
	if status == http.StatusForbidden || status == http.StatusUnauthorized {
		cause := &StatusError{Status: status}
		return secret.String{}, failure.Wrap(cause, failure.Unauthenticated, CodeCredentials, "CML refuses user name and password")
	}
	if status != http.StatusOK {
		return secret.String{}, c.statusFailure(what.String(), status, answer, false)
	}
	var token string
	if json.Unmarshal(answer, &token) != nil || token == "" {
		return secret.String{}, failure.New(failure.Internal, CodeMalformed, "CML's answer to %s holds no token", what)
	}
	return secret.New(token), nil
}
