package bubble

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

// carrier is the way of one process's calls to the outside: it ends with the process, and it rains on it.
type carrier struct {
	next    http.RoundTripper
	life    *life
	rain    *rain
	process string
}

var errDropped = errors.New("connection reset")

// RoundTrip implements http.RoundTripper.
func (c carrier) RoundTrip(r *http.Request) (*http.Response, error) {
	what, random := c.rain.drawn(c.process+" "+r.URL.Host, weight(r))
	err := c.life.pass(r.Context())
	if err == nil && what == slow {
		err = wait(r.Context(), seconds(random, 8))
	}
	if err == nil && what == lost {
		err = errDropped
	}
	if err != nil {
		return nil, errors.Join(err, closeBody(r.Body))
	}
	switch what {
	case failed:
		return refused(r), closeBody(r.Body)
	case late:
		return nil, errors.Join(errDropped, c.delay(r, seconds(random, LateBy.Seconds())))
	default:
		return c.carry(r, what)
	}
}

// weight makes faults more likely where they do harm: most calls only look.
func weight(r *http.Request) float64 {
	if r.Method == http.MethodGet {
		return 1
	}
	return 3
}

// LateBy is how late a call may arrive: less than a service takes to believe that nothing comes any more.
const LateBy = 6 * time.Second

// delay lets a call arrive later, though its caller has given it up or is dead.
func (c carrier) delay(r *http.Request, by time.Duration) error {
	var body []byte
	if r.Body != nil {
		var err error
		body, err = io.ReadAll(r.Body)
		if err := errors.Join(err, r.Body.Close()); err != nil {
			return err
		}
	}
	again := r.Clone(context.WithoutCancel(r.Context()))
	if r.Body != nil {
		again.Body = io.NopCloser(bytes.NewReader(body))
	}
	c.rain.delayed.Go(func() {
		<-time.After(by)
		if response, err := c.next.RoundTrip(again); err == nil {
			_ = response.Body.Close()
		}
	})
	return nil
}

func (c carrier) carry(r *http.Request, what verdict) (*http.Response, error) {
	response, err := c.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	err = c.life.pass(r.Context())
	if err == nil && what == unanswered {
		err = errDropped
	}
	if err != nil {
		return nil, errors.Join(err, response.Body.Close())
	}
	return response, nil
}

func closeBody(body io.Closer) error {
	if body == nil {
		return nil
	}
	return body.Close()
}

// refused is the answer of a proxy whose server is away.
func refused(r *http.Request) *http.Response {
	const text = "no server is available"
	return &http.Response{
		Status: "503 Service Unavailable", StatusCode: http.StatusServiceUnavailable, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"text/plain"}}, Body: io.NopCloser(strings.NewReader(text)), ContentLength: int64(len(text)), Request: r,
	}
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
