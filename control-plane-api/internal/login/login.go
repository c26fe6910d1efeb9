// Package login signs people in with a browser: OpenID Connect's authorization code flow with PKCE, state and nonce. What one
// sign-in needs to remember travels sealed in a cookie of the browser that began it, so any replica can finish it, and no other
// browser can.
package login

import (
	"context"
	"net/http"
	"time"

	"golang.org/x/oauth2"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/session"
)

// Config says who signs people in, and for whom.
type Config struct {
	// Issuer is the provider as tokens name it and browsers reach it. Internal is where this service reaches it; empty is Issuer.
	Issuer, Internal string
	// ClientID is ours at the provider; without ClientSecret it is a public client.
	ClientID     string
	ClientSecret secret.String
	// Redirect is the address of the callback, Home where the provider sends a person who signed out. The provider must know both.
	Redirect, Home string
	Box            session.Sealer
	HTTP           *http.Client
	Now            func() time.Time
}

// callTimeout bounds each exchange with the provider.
const callTimeout = 10 * time.Second

// Login signs people in and renews their tokens. It is safe for concurrent use.
type Login struct {
	config Config

	// turn is held while the provider is looked up: a caller who waits for it gives up at the end of its own time.
	turn     chan struct{}
	provider *provider
	failed   time.Time
}

// New makes a Login. It makes no call, so the API starts while the provider is down.
func New(config Config) *Login {
	if config.Internal == "" {
		config.Internal = config.Issuer
	}
	if config.HTTP == nil {
		config.HTTP = &http.Client{Timeout: callTimeout}
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	return &Login{config: config, turn: make(chan struct{}, 1)}
}

// Begin gives the address to which a browser is sent to sign in, and the cookie by which Finish knows it again.
// failure.Unavailable when the provider does not answer.
func (l *Login) Begin(ctx context.Context) (address, cookie string, err error) {
	p, err := l.find(ctx)
	if err != nil {
		return "", "", err
	}
	a, err := newAttempt(l.config.Now())
	if err != nil {
		return "", "", err
	}
	if cookie, err = l.seal(a); err != nil {
		return "", "", err
	}
	address = p.oauth.AuthCodeURL(a.State, oauth2.SetAuthURLParam("nonce", a.Nonce), oauth2.S256ChallengeOption(a.Verifier))
	return address, cookie, nil
}

// Answer is what the provider sent a browser back with.
type Answer struct {
	Code, State string
	// Issuer names who answers (RFC 9207); a provider may leave it out.
	Issuer string
	// Error is the provider's code of a sign-in that failed.
	Error string
}

// Finish trades the code of an answer for tokens. The cookie must be the one that Begin gave to the same browser: with its
// state, its PKCE verifier and its nonce an answer fits the attempt that asked for it and no other. failure.Unauthenticated
// when anything does not fit.
func (l *Login) Finish(ctx context.Context, cookie string, answer Answer) (subject string, tokens session.Tokens, err error) {
	a, err := l.unseal(cookie)
	if err != nil {
		return "", session.Tokens{}, err
	}
	switch {
	case !same(answer.State, a.State):
		return "", session.Tokens{}, refused("login_state", "The sign-in was not begun by this browser: begin again.")
	case answer.Error != "":
		return "", session.Tokens{}, refused("login_refused", "The identity provider did not sign the person in.")
	case answer.Code == "":
		return "", session.Tokens{}, refused("login_refused", "The identity provider sent no code.")
	case answer.Issuer != "" && answer.Issuer != l.config.Issuer:
		return "", session.Tokens{}, refused("login_issuer", "Another identity provider answered.")
	}
	p, err := l.find(ctx)
	if err != nil {
		return "", session.Tokens{}, err
	}
	return p.exchange(ctx, answer.Code, a)
}

// Renew implements session.Renewer.
func (l *Login) Renew(ctx context.Context, subject string, old session.Tokens) (session.Tokens, error) {
	p, err := l.find(ctx)
	if err != nil {
		return session.Tokens{}, err
	}
	return p.renew(ctx, subject, old)
}

// SignOut is where a browser ends its sign-in at the provider. When the provider cannot be asked where that is, the browser
// goes home: its session with us has ended anyway.
func (l *Login) SignOut(ctx context.Context, id secret.String) string {
	p, err := l.find(ctx)
	if err != nil {
		return l.config.Home
	}
	return p.signOut(id)
}

func refused(code, why string) error { return failure.New(failure.Unauthenticated, code, "%s", why) }
