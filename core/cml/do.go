package cml

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/lablet-cloud-manager/lcm/core/answer"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/secret"
)

// Raw is a body that is sent as it is, such as a lab file.
type Raw struct {
	ContentType string
	Data        []byte
}

// Sensitive marks a body that holds a secret: what CML says about an error is then not repeated, since it may quote its
// input.
type Sensitive struct{ Body any }

// Do calls CML. The path is relative to /api/v0 and escaped already: see Path. A body is nil, Raw, Sensitive, or
// anything that becomes JSON. The answer goes into `into`: nil drops it, *[]byte takes it as it is, anything else is
// read as JSON, unknown keys ignored; an answer without a body leaves it alone. The status is given for success and
// failure, 0 where there was no answer. Errors are of package failure with the codes of this package, and name method
// and path but never a query, a body or a token.
func (c *Client) Do(ctx context.Context, method, path string, query url.Values, body, into any) (status int, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	request, err := newCall(method, path, query, body)
	if err != nil {
		return 0, err
	}
	if public(method, path) {
		status, answer, err := c.send(ctx, request, secret.String{})
		return c.finish(request, status, answer, err, into)
	}
	token, err := c.authenticated(ctx, secret.String{})
	if err != nil {
		return Status(err), err
	}
	status, answer, err := c.send(ctx, request, token)
	if err == nil && status == http.StatusUnauthorized {
		if token, err = c.authenticated(ctx, token); err != nil {
			return Status(err), err
		}
		status, answer, err = c.send(ctx, request, token)
	}
	return c.finish(request, status, answer, err, into)
}

// public tells which calls CML answers without a token.
func public(method, path string) bool {
	return method == http.MethodGet && (path == "/system_information" || path == "/system/maintenance_mode")
}

// call is a request that can be sent more than once.
type call struct {
	method, path, contentType string
	query                     url.Values
	body                      []byte
	sensitive                 bool
}

func newCall(method, path string, query url.Values, body any) (*call, error) {
	c := &call{method: method, path: path, query: query}
	if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, "?#") {
		return nil, fmt.Errorf("cml: %q is not an escaped path", path)
	}
	if hidden, ok := body.(Sensitive); ok {
		c.sensitive, body = true, hidden.Body
	}
	switch body := body.(type) {
	case nil:
	case Raw:
		c.contentType, c.body = body.ContentType, body.Data
	default:
		encoded, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("cml: body of %s: %w", c, err)
		}
		c.contentType, c.body = "application/json", encoded
	}
	return c, nil
}

func (c *call) String() string { return c.method + " " + c.path }

// send makes one exchange and reads the answer within its limit.
func (c *Client) send(ctx context.Context, what *call, token secret.String) (int, []byte, error) {
	target := c.base.String() + what.path
	if len(what.query) > 0 {
		target += "?" + what.query.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, what.method, target, bytes.NewReader(what.body))
	if err != nil {
		return 0, nil, fmt.Errorf("cml: request %s: %w", what, err)
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("X-CML-CLIENT", "lcm")
	if what.contentType != "" {
		request.Header.Set("Content-Type", what.contentType)
	}
	if !token.IsZero() {
		request.Header.Set("Authorization", "Bearer "+token.Reveal())
	}
	response, err := c.http.Do(request)
	if err != nil {
		return 0, nil, sendFailure(what.String(), withoutURL(err))
	}
	defer func() { _ = response.Body.Close() }()
	content, err := answer.Read(ctx, response.Body, c.maxAnswer)
	switch {
	case errors.Is(err, answer.ErrTooLarge):
		return response.StatusCode, nil, failure.New(failure.Internal, CodeMalformed, "CML answered more than %d bytes to %s", c.maxAnswer, what)
	case err != nil:
		return response.StatusCode, nil, sendFailure(what.String(), err)
	}
	return response.StatusCode, content, nil
}

// withoutURL takes the address off an error: the query may hold what is not for logs.
func withoutURL(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	return err
}

func (c *Client) finish(what *call, status int, answer []byte, err error, into any) (int, error) {
	if err != nil {
		return status, err
	}
	if status < 200 || status > 299 {
		return status, c.statusFailure(what.String(), status, answer, !what.sensitive)
	}
	switch into := into.(type) {
	case nil:
		return status, nil
	case *[]byte:
		*into = answer
		return status, nil
	}
	if len(answer) == 0 {
		return status, nil
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return status, failure.Wrap(err, failure.Internal, CodeMalformed, "CML's answer to %s cannot be read", what)
	}
	return status, nil
}
