package login

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/session"
)

// exchange trades a code for tokens and checks whom they are about.
func (p *provider) exchange(ctx context.Context, code string, a attempt) (string, session.Tokens, error) {
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, p.config.HTTP), callTimeout)
	defer cancel()
	got, err := p.oauth.Exchange(ctx, code, oauth2.VerifierOption(a.Verifier))
	if err != nil {
		return "", session.Tokens{}, translate(err, "login_refused")
	}
	raw, _ := got.Extra("id_token").(string)
	if raw == "" {
		return "", session.Tokens{}, refused("login_refused", "The identity provider did not say who the person is.")
	}
	id, err := p.verify(ctx, raw)
	if err != nil {
		return "", session.Tokens{}, err
	}
	if !same(id.Nonce, a.Nonce) {
		return "", session.Tokens{}, refused("login_nonce", "The identity provider's answer belongs to another sign-in.")
	}
	if id.AccessTokenHash != "" && id.VerifyAccessToken(got.AccessToken) != nil {
		return "", session.Tokens{}, refused("login_refused", "The identity provider's tokens do not belong together.")
	}
	return id.Subject, p.tokens(got, secret.New(raw)), nil
}

// renew trades a refresh token. A provider that gives no new refresh or id token leaves the old one valid.
func (p *provider) renew(ctx context.Context, subject string, old session.Tokens) (session.Tokens, error) {
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, p.config.HTTP), callTimeout)
	defer cancel()
	got, err := p.oauth.TokenSource(ctx, &oauth2.Token{RefreshToken: old.Refresh.Reveal()}).Token()
	if err != nil {
		return session.Tokens{}, translate(err, "refresh_refused")
	}
	id := old.ID
	if raw, _ := got.Extra("id_token").(string); raw != "" {
		verified, err := p.verify(ctx, raw)
		if err != nil {
			return session.Tokens{}, err
		}
		if verified.Subject != subject {
			return session.Tokens{}, refused("refresh_refused", "The identity provider's answer is about another person.")
		}
		id = secret.New(raw)
	}
	return p.tokens(got, id), nil
}

func (p *provider) verify(ctx context.Context, raw string) (*oidc.IDToken, error) {
	id, err := p.ids.Verify(ctx, raw)
	if err != nil {
		return nil, failure.Wrap(err, failure.Unauthenticated, "login_refused", "The identity provider's answer could not be verified.")
	}
	if id.Subject == "" {
		return nil, refused("login_refused", "The identity provider did not say who the person is.")
	}
	return id, nil
}

// unsaid is how long an access token counts whose provider does not tell; the token itself says the same or less.
const unsaid = 5 * time.Minute

func (p *provider) tokens(got *oauth2.Token, id secret.String) session.Tokens {
	t := session.Tokens{Access: secret.New(got.AccessToken), Refresh: secret.New(got.RefreshToken), ID: id, Expires: got.Expiry}
	if t.Expires.IsZero() {
		t.Expires = p.config.Now().Add(unsaid)
	}
	return t
}

// translate tells a provider that refuses from one that does not answer. The cause of a refusal is left out: it holds the
// provider's answer as it came.
func translate(err error, code string) error {
	var answered *oauth2.RetrieveError
	if !errors.As(err, &answered) || answered.Response == nil {
		return away(err)
	}
	status := answered.Response.StatusCode
	if status >= http.StatusInternalServerError || status == http.StatusTooManyRequests {
		return away(nil)
	}
	return failure.New(failure.Unauthenticated, code, "The identity provider refused (%s).", word(answered.ErrorCode))
}

// word lets only a plain code of the provider through.
func word(code string) string {
	if code == "" || len(code) > 64 {
		return "no reason"
	}
	for _, c := range code {
		if (c < 'a' || c > 'z') && c != '_' {
			return "no reason"
		}
	}
	return code
}
