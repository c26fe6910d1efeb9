package session_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/seal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/session"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

// provider takes each refresh token once, as providers that rotate them do.
type provider struct {
	mu    sync.Mutex
	spent map[string]bool
	calls atomic.Int64
	fail  error
	// enter is called before each trade.
	enter func()
	now   func() time.Time
}

func (p *provider) Renew(_ context.Context, _ string, old session.Tokens) (session.Tokens, error) {
	n := p.calls.Add(1)
	if p.enter != nil {
		p.enter()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fail != nil {
		return session.Tokens{}, p.fail
	}
	if p.spent[old.Refresh.Reveal()] {
		return session.Tokens{}, failure.New(failure.Unauthenticated, "refresh_refused", "The token was used before.")
	}
	p.spent[old.Refresh.Reveal()] = true
	return p.tokens(fmt.Sprint(n)), nil
}

func (p *provider) tokens(mark string) session.Tokens {
	return session.Tokens{
		Access: secret.New("access-" + mark), Refresh: secret.New("refresh-" + mark), ID: secret.New("identity-" + mark),
		Expires: p.now().Add(time.Hour),
	}
}

type world struct {
	mu       sync.Mutex
	at       time.Time
	engine   *storetest.FaultyEngine
	provider *provider
	sessions *session.Sessions
	config   session.Config
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(d)
}

func newWorld(t *testing.T) *world {
	t.Helper()
	box, err := seal.New(secret.New(strings.Repeat("k", 32)))
	require.NoError(t, err)
	w := &world{at: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC), engine: storetest.Faulty(storetest.New(t, session.Collection()), nil)}
	w.provider = &provider{spent: map[string]bool{}, now: w.now}
	w.config = session.Config{
		Engine: w.engine, Box: box, Renewer: w.provider, Lasts: 10 * time.Hour, Leeway: 5 * time.Minute, Now: w.now,
	}
	w.sessions = session.New(w.config)
	return w
}

func (w *world) open(t *testing.T) secret.String {
	t.Helper()
	id, opened, err := w.sessions.Open(t.Context(), "ann", w.provider.tokens("first"))
	require.NoError(t, err)
	require.Equal(t, w.now().Add(10*time.Hour), opened.Ends)
	return id
}

func TestASessionIsReadByAnyReplicaAndShowsNothingInTheStore(t *testing.T) {
	w := newWorld(t)
	id := w.open(t)
	require.Len(t, id.Reveal(), 64)
	got, err := session.New(w.config).Get(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, "ann", got.Subject)
	require.Equal(t, "access-first", got.Tokens.Access.Reveal())
	require.NotEqual(t, id.Reveal(), w.open(t).Reveal())

	documents, err := w.engine.Find(t.Context(), session.Name, store.Query{})
	require.NoError(t, err)
	dump, err := json.Marshal(documents)
	require.NoError(t, err)
	for _, hidden := range []string{id.Reveal(), "access-first", "refresh-first", "identity-first"} {
		require.NotContains(t, string(dump), hidden)
	}
}

func TestWhatIsNoSession(t *testing.T) {
	w := newWorld(t)
	id := w.open(t)
	for reason, other := range map[string]string{
		"nothing": "", "too short": "abc", "one that was never given": strings.Repeat("0", 64), "the stored hash": strings.ToUpper(id.Reveal()),
	} {
		_, err := w.sessions.Fresh(t.Context(), secret.New(other))
		require.Equal(t, session.CodeEnded, failure.CodeOf(err), reason)
	}
	box, err := seal.New(secret.New(strings.Repeat("x", 32)))
	require.NoError(t, err)
	other := w.config
	other.Box = box
	_, err = session.New(other).Get(t.Context(), id)
	require.Equal(t, session.CodeEnded, failure.CodeOf(err), "sealed under a key that was changed")
}

func TestASessionEnds(t *testing.T) {
	w := newWorld(t)
	id, other := w.open(t), w.open(t)
	_, err := w.sessions.End(t.Context(), other)
	require.NoError(t, err)
	_, err = w.sessions.Get(t.Context(), other)
	require.Equal(t, session.CodeEnded, failure.CodeOf(err))
	_, err = w.sessions.End(t.Context(), other)
	require.Equal(t, session.CodeEnded, failure.CodeOf(err))

	require.NoError(t, w.sessions.Sweep(t.Context()))
	_, err = w.sessions.Get(t.Context(), id)
	require.NoError(t, err, "a sweep takes what has ended only")
	w.pass(10 * time.Hour)
	_, err = w.sessions.Fresh(t.Context(), id)
	require.Equal(t, session.CodeEnded, failure.CodeOf(err), "refused before it is swept")
	w.pass(time.Second)
	require.NoError(t, w.sessions.Sweep(t.Context()))
	left, err := w.engine.Count(t.Context(), session.Name, store.Query{})
	require.NoError(t, err)
	require.Zero(t, left)
}

func TestTokensAreRenewedBeforeTheyEnd(t *testing.T) {
	w := newWorld(t)
	id := w.open(t)
	w.pass(54 * time.Minute)
	got, err := w.sessions.Fresh(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, "access-first", got.Tokens.Access.Reveal(), "six minutes left")
	w.pass(time.Minute)
	got, err = w.sessions.Fresh(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, "access-1", got.Tokens.Access.Reveal(), "five minutes left")
	got, err = w.sessions.Renew(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, "access-2", got.Tokens.Access.Reveal(), "asked for")
}

func TestATokenThatLivesShorterThanTheLeewayIsNotRenewedByEveryCall(t *testing.T) {
	w := newWorld(t)
	tokens := w.provider.tokens("short")
	tokens.Expires = w.now().Add(2 * time.Minute)
	id, _, err := w.sessions.Open(t.Context(), "ann", tokens)
	require.NoError(t, err)
	w.pass(30 * time.Second)
	_, err = w.sessions.Fresh(t.Context(), id)
	require.NoError(t, err)
	require.Zero(t, w.provider.calls.Load())
	w.pass(31 * time.Second)
	_, err = w.sessions.Fresh(t.Context(), id)
	require.NoError(t, err)
	require.EqualValues(t, 1, w.provider.calls.Load())
}

// The refresh token works once. Many calls of several replicas need it at the same moment, and all get the new tokens.
func TestReplicasDoNotBothUseOneRefreshToken(t *testing.T) {
	w := newWorld(t)
	id := w.open(t)
	w.pass(61 * time.Minute)
	all := make(chan error, 40)
	for range cap(all) / 2 {
		replica := session.New(w.config)
		go func() { _, err := replica.Fresh(t.Context(), id); all <- err }()
		go func() { _, err := replica.Fresh(t.Context(), id); all <- err }()
	}
	for range cap(all) {
		require.NoError(t, <-all)
	}
	require.EqualValues(t, 1, w.provider.calls.Load())
}

func TestAReplicaThatDiedWithTheClaimHoldsUpNobodyForLong(t *testing.T) {
	w := newWorld(t)
	id := w.open(t)
	w.pass(56 * time.Minute)
	w.provider.enter = func() {
		// What the dying replica would write after its call never arrives.
		w.engine.SetHook(storetest.Always(storetest.Fault{Fail: store.ErrUnavailable}))
	}
	w.provider.fail = failure.New(failure.Unavailable, "identity_unavailable", "Away.")
	got, err := w.sessions.Fresh(t.Context(), id)
	require.NoError(t, err, "the token is still valid")
	require.Equal(t, "access-first", got.Tokens.Access.Reveal())
	w.engine.SetHook(nil)
	w.provider.enter, w.provider.fail = nil, nil

	_, err = w.sessions.Fresh(t.Context(), id)
	require.NoError(t, err)
	require.EqualValues(t, 1, w.provider.calls.Load(), "the claim holds")
	w.pass(31 * time.Second)
	got, err = w.sessions.Fresh(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, "access-2", got.Tokens.Access.Reveal())
}

func TestTheProviderIsDown(t *testing.T) {
	w := newWorld(t)
	id := w.open(t)
	w.provider.fail = failure.New(failure.Unavailable, "identity_unavailable", "Away.")
	w.pass(56 * time.Minute)
	for range 3 {
		_, err := w.sessions.Fresh(t.Context(), id)
		require.NoError(t, err, "a valid token goes on working")
	}
	require.EqualValues(t, 1, w.provider.calls.Load(), "and the provider is left alone for a while")
	w.pass(5 * time.Minute)
	_, err := w.sessions.Fresh(t.Context(), id)
	require.True(t, failure.Is(err, failure.Unavailable), "%v", err)
	w.provider.fail = nil
	w.pass(6 * time.Second)
	_, err = w.sessions.Fresh(t.Context(), id)
	require.NoError(t, err, "nothing was lost")
}

func TestTheProviderRefuses(t *testing.T) {
	w := newWorld(t)
	id := w.open(t)
	w.provider.fail = failure.New(failure.Unauthenticated, "refresh_refused", "Signed out elsewhere.")
	w.pass(56 * time.Minute)
	_, err := w.sessions.Fresh(t.Context(), id)
	require.NoError(t, err, "the access token is still valid")
	_, err = w.sessions.Renew(t.Context(), id)
	require.Equal(t, session.CodeNoRefreshToken, failure.CodeOf(err))
	w.pass(5 * time.Minute)
	_, err = w.sessions.Fresh(t.Context(), id)
	require.Equal(t, session.CodeEnded, failure.CodeOf(err))
	require.EqualValues(t, 1, w.provider.calls.Load(), "a refused token is not tried again")
}

func TestExtendingGivesTheFullLengthAgain(t *testing.T) {
	w := newWorld(t)
	id := w.open(t)
	w.pass(9 * time.Hour)
	got, err := w.sessions.Extend(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, w.now().Add(10*time.Hour), got.Ends)
	w.pass(9 * time.Hour)
	_, err = w.sessions.Get(t.Context(), id)
	require.NoError(t, err)
	w.provider.fail = failure.New(failure.Unauthenticated, "refresh_refused", "Signed out elsewhere.")
	_, err = w.sessions.Extend(t.Context(), id)
	require.Error(t, err, "only while the provider agrees")
}

// Each write's answer is lost in turn; nothing is done twice and nothing is lost.
func TestLostAnswers(t *testing.T) {
	w := newWorld(t)
	id := w.open(t)
	w.pass(56 * time.Minute)
	lost := fmt.Errorf("gone: %w", store.ErrUnknown)
	var mu sync.Mutex
	seen := map[storetest.Op]int{}
	w.engine.SetHook(func(_ context.Context, did storetest.Call) storetest.Fault {
		mu.Lock()
		defer mu.Unlock()
		if !did.Writes() {
			return storetest.Fault{}
		}
		seen[did.Op]++
		if seen[did.Op]%2 == 1 {
			return storetest.Fault{Lose: lost}
		}
		return storetest.Fault{}
	})
	got, err := w.sessions.Fresh(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, "access-1", got.Tokens.Access.Reveal())
	_, err = w.sessions.End(t.Context(), id)
	require.NoError(t, err)
	_, _, err = w.sessions.Open(t.Context(), "bob", w.provider.tokens("b"))
	require.NoError(t, err)
}
