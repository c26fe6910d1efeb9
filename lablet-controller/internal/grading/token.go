package grading

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/rest"
)

// tokens keeps one access token and fetches another before it ends.
type tokens struct {
	config Config
	http   *http.Client

	// turn is held while a token is fetched: a caller who waits for it gives up at the end of its own time.
	turn  chan struct{}
	token secret.String
	until time.Time
}

func newTokens(config Config, transport http.RoundTripper) *tokens {
	return &tokens{config: config, http: rest.Transport(transport), turn: make(chan struct{}, 1)}
}

const (
	tokenTimeout = 15 * time.Second
	// maxTokenAnswer is in bytes.
	maxTokenAnswer = 64 << 10
	// maxTokenLife bounds what the issuer says, so that a token that was revoked is not used for ever.
	maxTokenLife = 5 * time.Minute
)

// get gives a token that is good for a while. Callers at the same time wait for one fetch.
func (t *tokens) get(ctx context.Context) (secret.String, error) {
	select {
	case t.turn <- struct{}{}:
		defer func() { <-t.turn }()
	case <-ctx.Done():
		return secret.String{}, silent(ctx, ctx.Err())
	}
	if time.Now().Before(t.until) {
		return t.token, nil
	}
	token, life, err := t.fetch(ctx)
	if err != nil {
		return secret.String{}, err
	}
	t.token, t.until = token, time.Now().Add(life-life/5)
	return token, nil
}

func (t *tokens) fetch(ctx context.Context) (secret.String, time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, tokenTimeout)
	defer cancel()
	form := url.Values{"grant_type": {"client_credentials"}}
	if t.config.Scopes != "" {
		form.Set("scope", t.config.Scopes)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, t.config.TokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return secret.String{}, 0, failure.Wrap(err, failure.Invalid, "grading_token", "The grading engine's token address is none.")
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(url.QueryEscape(t.config.ClientID), url.QueryEscape(t.config.ClientSecret.Reveal()))
	response, err := t.http.Do(request)
	if err != nil {
		return secret.String{}, 0, silent(ctx, err)
	}
	defer func() { _ = response.Body.Close() }()
	return read(response)
}

// silent tells an issuer that does not answer from a caller who has gone.
func silent(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	return failure.Wrap(err, failure.Unavailable, "grading_token", "The token issuer of the grading engine does not answer.")
}

func read(response *http.Response) (secret.String, time.Duration, error) {
	if response.StatusCode != http.StatusOK {
		kind := failure.Forbidden
		if response.StatusCode >= http.StatusInternalServerError || response.StatusCode == http.StatusTooManyRequests {
			kind = failure.Unavailable
		}
		return secret.String{}, 0, failure.New(kind, "grading_token", "The token issuer of the grading engine gave no token (status %d).", response.StatusCode)
	}
	var granted struct {
		AccessToken secret.String `json:"access_token"`
		ExpiresIn   float64       `json:"expires_in"`
	}
	// An error of the decoder could quote the token.
	if json.NewDecoder(io.LimitReader(response.Body, maxTokenAnswer)).Decode(&granted) != nil || granted.AccessToken.IsZero() {
		return secret.String{}, 0, failure.New(failure.Internal, "grading_token", "The token issuer of the grading engine gave an answer without a token.")
	}
	// Bounded before it becomes a duration, which could not hold what the issuer may say.
	seconds := min(max(granted.ExpiresIn, 1), maxTokenLife.Seconds())
	return granted.AccessToken, time.Duration(seconds * float64(time.Second)), nil
}
