package delivery

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/cloudevents/sdk-go/v2/binding"
	cloudevents "github.com/cloudevents/sdk-go/v2/event"
	cehttp "github.com/cloudevents/sdk-go/v2/protocol/http"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// answer is how one delivery went.
type answer struct {
	verdict verdict
	// status is 0 when the sink could not be reached.
	status int
	after  time.Duration
	// reason is a stable word where the status does not say it.
	reason string
}

// send delivers one event once. An error says why the sink could not be reached; it goes with the verdict later.
func (c *Config) send(ctx context.Context, e cloudevents.Event) (answer, error) {
	if c.Withheld != "" {
		return answer{verdict: later, reason: c.Withheld}, fmt.Errorf("withhold %s: %s", e.ID(), c.Withheld)
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	request, err := c.request(ctx, e)
	if err != nil {
		return answer{verdict: refused}, err
	}
	response, err := c.Client.Do(request)
	if err != nil {
		return unsent(err), fmt.Errorf("deliver %s: %w", e.ID(), withoutURL(err))
	}
	defer func() { _ = response.Body.Close() }()
	// Read on a little, so that the connection can be used again.
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 64<<10))
	return answer{
		verdict: judge(response.StatusCode), status: response.StatusCode, after: retryAfter(response.Header, c.Now()),
	}, nil
}

// unsent is the answer where there was none. A sink that may not be called will not be called later either.
func unsent(err error) answer {
	if failure.CodeOf(err) == CodeAddressRefused {
		return answer{verdict: parked, reason: CodeAddressRefused}
	}
	return answer{verdict: later}
}

func (c *Config) request(ctx context.Context, e cloudevents.Event) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Sink.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("deliver %s: %w", e.ID(), withoutURL(err))
	}
	encoding := binding.WithForceBinary(ctx)
	if c.Mode == Structured {
		encoding = binding.WithForceStructured(ctx)
	}
	if err := cehttp.WriteRequest(encoding, binding.ToMessage(&e), request); err != nil {
		return nil, fmt.Errorf("encode %s: %w", e.ID(), err)
	}
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", e.ID(), err)
	}
	request.Body = io.NopCloser(bytes.NewReader(body))
	request.ContentLength = int64(len(body))
	request.Header.Set("Origin", c.origin())
	c.sign(request, e.ID(), body)
	return request, nil
}

// sign adds the headers of Standard Webhooks: an HMAC over id, time and body.
func (c *Config) sign(request *http.Request, id string, body []byte) {
	if c.Secret.IsZero() {
		return
	}
	at := strconv.FormatInt(c.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(c.Secret.Reveal()))
	_, _ = fmt.Fprintf(mac, "%s.%s.", id, at) // a hash takes every write
	_, _ = mac.Write(body)
	request.Header.Set("Webhook-Id", id)
	request.Header.Set("Webhook-Timestamp", at)
	request.Header.Set("Webhook-Signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}
