package login_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/login"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/login/logintest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/seal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/session"
)

type bench struct {
	t        *testing.T
	provider *logintest.Provider
	login    *login.Login
	at       time.Time
}

func newBench(t *testing.T) *bench {
	t.Helper()
	box, err := seal.New(secret.New(strings.Repeat("k", 32)))
	require.NoError(t, err)
	b := &bench{t: t, provider: logintest.New(t), at: time.Now()}
	b.login = login.New(login.Config{
		Issuer: b.provider.URL, ClientID: logintest.ClientID, ClientSecret: secret.New(logintest.ClientSecret),
		Redirect: "https://lcm.example/api/auth/callback", Home: "https://lcm.example/", Box: box, Now: func() time.Time { return b.at },
	})
	return b
}

// begun is a sign-in up to where the provider has sent the browser back.
func (b *bench) begun() (cookie string, back login.Answer) {
	b.t.Helper()
	address, cookie, err := b.login.Begin(b.t.Context())
	require.NoError(b.t, err)
	require.True(b.t, strings.HasPrefix(address, b.provider.URL+"/authorize?"), address)
	q := b.provider.SignIn(address, "ann").Query()
	return cookie, login.Answer{Code: q.Get("code"), State: q.Get("state"), Issuer: q.Get("iss")}
}

func TestASignInGivesTokensOnce(t *testing.T) {
	b := newBench(t)
	cookie, back := b.begun()
	subject, tokens, err := b.login.Finish(t.Context(), cookie, back)
	require.NoError(t, err)
	require.Equal(t, "ann", subject)
	require.Equal(t, "ann:user", tokens.Access.Reveal())
	require.NotEmpty(t, tokens.Refresh.Reveal())
	require.WithinDuration(t, time.Now().Add(time.Hour), tokens.Expires, time.Minute)

	_, _, err = b.login.Finish(t.Context(), cookie, back)
	require.True(t, failure.Is(err, failure.Unauthenticated), "the code is spent: %v", err)
	require.NotContains(t, err.Error(), "canary-description", "the provider's words are not ours")
}

// TestS2AnAnswerFitsTheSignInThatAskedForIt is control S2: state, nonce, PKCE and issuer.
func TestS2AnAnswerFitsTheSignInThatAskedForIt(t *testing.T) {
	for _, c := range []struct {
		reason string
		spoil  func(b *bench, cookie string, back login.Answer) (string, login.Answer)
		code   string
	}{
		{"no cookie: another browser", func(_ *bench, _ string, back login.Answer) (string, login.Answer) { return "", back }, "login_state"},
		{"a cookie made up", func(_ *bench, cookie string, back login.Answer) (string, login.Answer) {
			return strings.Repeat("A", len(cookie)), back
		}, "login_state"},
		{"a cookie that is no base64", func(_ *bench, _ string, back login.Answer) (string, login.Answer) { return "%%%", back }, "login_state"},
		{"a cookie too long", func(_ *bench, cookie string, back login.Answer) (string, login.Answer) {
			return strings.Repeat(cookie, 20), back
		}, "login_state"},
		{"no state", func(_ *bench, cookie string, back login.Answer) (string, login.Answer) {
			back.State = ""
			return cookie, back
		}, "login_state"},
		{"another state", func(_ *bench, cookie string, back login.Answer) (string, login.Answer) {
			back.State = "x" + back.State[1:]
			return cookie, back
		}, "login_state"},
		{"the cookie of another sign-in of the same browser", func(b *bench, _ string, back login.Answer) (string, login.Answer) {
			other, _ := b.begun()
			return other, back
		}, "login_state"},
		{"a code of another sign-in: its PKCE challenge is another", func(b *bench, cookie string, back login.Answer) (string, login.Answer) {
			_, other := b.begun()
			back.Code = other.Code
			return cookie, back
		}, "login_refused"},
		{"no code", func(_ *bench, cookie string, back login.Answer) (string, login.Answer) {
			back.Code = ""
			return cookie, back
		}, "login_refused"},
		{"the person refused", func(_ *bench, cookie string, back login.Answer) (string, login.Answer) {
			back.Error = "access_denied"
			return cookie, back
		}, "login_refused"},
		{"another provider's answer", func(_ *bench, cookie string, back login.Answer) (string, login.Answer) {
			back.Issuer = "https://evil.example"
			return cookie, back
		}, "login_issuer"},
		{"too late", func(b *bench, cookie string, back login.Answer) (string, login.Answer) {
			b.at = b.at.Add(login.AttemptLasts + time.Second)
			return cookie, back
		}, "login_state"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			b := newBench(t)
			cookie, back := b.begun()
			cookie, back = c.spoil(b, cookie, back)
			_, _, err := b.login.Finish(t.Context(), cookie, back)
			require.Equal(t, failure.Unauthenticated, failure.KindOf(err), "%v", err)
			require.Equal(t, c.code, failure.CodeOf(err))
		})
	}
}

func TestAnIDTokenIsChecked(t *testing.T) {
	for reason, claims := range map[string]map[string]any{
		"another nonce":       {"nonce": "other"},
		"no nonce":            {"nonce": ""},
		"another issuer":      {"iss": "https://evil.example"},
		"another client's":    {"aud": "other"},
		"expired":             {"exp": time.Now().Add(-time.Hour).Unix()},
		"about nobody":        {"sub": ""},
		"another access hash": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
	} {
		b := newBench(t)
		b.provider.Set(func(p *logintest.Provider) { p.Claims = claims })
		cookie, back := b.begun()
		_, _, err := b.login.Finish(t.Context(), cookie, back)
		require.Equal(t, failure.Unauthenticated, failure.KindOf(err), "%s: %v", reason, err)
	}
}

func TestTokensAreRenewedForTheSamePersonOnly(t *testing.T) {
	b := newBench(t)
	cookie, back := b.begun()
	_, tokens, err := b.login.Finish(t.Context(), cookie, back)
	require.NoError(t, err)
	renewed, err := b.login.Renew(t.Context(), "ann", tokens)
	require.NoError(t, err)
	require.NotEqual(t, tokens.Refresh.Reveal(), renewed.Refresh.Reveal())
	_, err = b.login.Renew(t.Context(), "ann", tokens)
	require.Equal(t, "refresh_refused", failure.CodeOf(err), "a refresh token works once")
	_, err = b.login.Renew(t.Context(), "bob", renewed)
	require.Equal(t, "refresh_refused", failure.CodeOf(err), "the answer is about ann")
}

func TestTheProviderIsDown(t *testing.T) {
	b := newBench(t)
	b.provider.Set(func(p *logintest.Provider) { p.Down = true })
	_, _, err := b.login.Begin(t.Context())
	require.True(t, failure.Is(err, failure.Unavailable), "%v", err)
	require.Equal(t, "https://lcm.example/", b.login.SignOut(t.Context(), secret.New("x")))
	b.provider.Set(func(p *logintest.Provider) { p.Down = false })
	_, _, err = b.login.Begin(t.Context())
	require.True(t, failure.Is(err, failure.Unavailable), "left alone for a moment, so that callers do not queue up")
	b.at = b.at.Add(3 * time.Second)
	cookie, back := b.begun()

	b.provider.Set(func(p *logintest.Provider) { p.Down = true })
	_, _, err = b.login.Finish(t.Context(), cookie, back)
	require.True(t, failure.Is(err, failure.Unavailable), "%v", err)
	_, err = b.login.Renew(t.Context(), "ann", session.Tokens{Refresh: secret.New("x")})
	require.True(t, failure.Is(err, failure.Unavailable), "an outage is no refusal: %v", err)
}

func TestSigningOutNamesTheSignIn(t *testing.T) {
	b := newBench(t)
	address, err := url.Parse(b.login.SignOut(t.Context(), secret.New("id")))
	require.NoError(t, err)
	require.Equal(t, "/logout", address.Path)
	require.Equal(t, url.Values{
		"id_token_hint": {"id"}, "client_id": {logintest.ClientID}, "post_logout_redirect_uri": {"https://lcm.example/"},
	}, address.Query())
}

// Inside a cluster the provider is reached at another address than browsers reach it at; tokens name the public one.
func TestTheProviderIsReachedAtItsInternalAddress(t *testing.T) {
	p := logintest.New(t)
	box, err := seal.New(secret.New(strings.Repeat("k", 32)))
	require.NoError(t, err)
	l := login.New(login.Config{
		Issuer: p.URL, Internal: strings.Replace(p.URL, "127.0.0.1", "localhost", 1), ClientID: logintest.ClientID, ClientSecret: secret.New(logintest.ClientSecret),
		Redirect: "https://lcm.example/api/auth/callback", Home: "https://lcm.example/", Box: box,
	})
	address, _, err := l.Begin(t.Context())
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(address, p.URL), "browsers are sent to the public address: %s", address)
}
