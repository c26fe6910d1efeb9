package grading

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// slowly answers with a token when it is let go.
func slowly(let <-chan struct{}) roundTrip {
	return func(r *http.Request) (*http.Response, error) {
		select {
		case <-let:
			return canned([]byte(`{"access_token":"tok-1","expires_in":300}`)).RoundTrip(r)
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A caller who waits for another one's fetch waits no longer than it has time.
func TestWhoWaitsForATokenGivesUpInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		let := make(chan struct{})
		held := newTokens(Config{TokenURL: "http://issuer"}, slowly(let))
		fetched := make(chan error, 1)
		go func() {
			_, err := held.get(t.Context())
			fetched <- err
		}()
		synctest.Wait()

		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		_, err := held.get(short)
		require.True(t, failure.Is(err, failure.Unavailable), "%v", err)
		require.Equal(t, time.Second, time.Since(began))
		gone, leave := context.WithCancel(t.Context())
		leave()
		_, err = held.get(gone)
		require.ErrorIs(t, err, context.Canceled)

		close(let)
		require.NoError(t, <-fetched)
		token, err := held.get(t.Context())
		require.NoError(t, err)
		require.Equal(t, "tok-1", token.Reveal())
	})
}
