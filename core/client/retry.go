package client

import (
	"context"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// Retry tells how often and how fast a call is repeated when the API does not answer or has no room.
type Retry struct {
	// Attempts is the number of tries in all (4).
	Attempts int
	// First is the pause before the second try (250 ms); it doubles up to Most (4 s), with jitter.
	First time.Duration
	Most  time.Duration
}

func (r Retry) withDefaults() Retry {
	if r.Attempts == 0 {
		r.Attempts = 4
	}
	if r.First == 0 {
		r.First = 250 * time.Millisecond
	}
	if r.Most == 0 {
		r.Most = 4 * time.Second
	}
	return r
}

// repeat sends a message until it succeeds, fails for good, or the tries or the context end.
func (c *Client) repeat(ctx context.Context, info api.Info, m message) (http.Header, []byte, error) {
	pause := c.config.Retry.First
	for try := 1; ; try++ {
		header, body, err := c.once(ctx, info, m)
		if err == nil || try >= c.config.Retry.Attempts || !repeatable(err) {
			return header, body, err
		}
		if !wait(ctx, max(jitter(pause), retryAfter(err))) {
			return header, nil, err
		}
		pause = min(2*pause, c.config.Retry.Most)
	}
}

func repeatable(err error) bool {
	return failure.Is(err, failure.Unavailable) || failure.Is(err, failure.Throttled)
}

func jitter(d time.Duration) time.Duration { return d/2 + rand.N(d/2+1) }

// wait pauses; false means that the context ended or would end first.
func wait(ctx context.Context, d time.Duration) bool {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < d {
		return false
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
