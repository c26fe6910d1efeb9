package oidc

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"

	"github.com/google/uuid"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/web"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// refusal is an OAuth error code.
type refusal string

func (r refusal) Error() string { return string(r) }

// token serves all grants.
func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	answer, err := s.redeem(r)
	w.Header().Set("Cache-Control", "no-store")
	var no refusal
	switch {
	case errors.As(err, &no) && no == "invalid_client":
		w.Header().Set("WWW-Authenticate", `Basic realm="`+s.cfg.Realm+`"`)
		kit.WriteJSON(w, http.StatusUnauthorized, map[string]string{"error": string(no)})
	case errors.As(err, &no):
		kit.WriteJSON(w, http.StatusBadRequest, map[string]string{"error": string(no)})
	case err != nil:
		s.kit.Log.Error("token request failed", "error", err)
		kit.WriteJSON(w, http.StatusInternalServerError, map[string]string{"error": "server_error"})
	default:
		kit.WriteJSON(w, http.StatusOK, answer)
	}
}

func (s *Server) redeem(r *http.Request) (map[string]any, error) {
	client, err := s.authenticate(r)
	if err != nil {
		return nil, err
	}
	switch r.PostFormValue("grant_type") {
	case "authorization_code":
		return s.byCode(r, client)
	case "refresh_token":
		return s.byRefresh(r, client)
	case "client_credentials":
		if client.Secret == "" {
			return nil, refusal("unauthorized_client")
		}
		who := identity{
			Username: "service-account-" + client.ID, Roles: client.Roles, ClientID: client.ID,
			Session: uuid.NewString(), Scope: r.PostFormValue("scope"),
		}
		return s.answer(r, who, false)
	default:
		return nil, refusal("unsupported_grant_type")
	}
}

// authenticate names the client by Basic or by form; a public one has no secret.
func (s *Server) authenticate(r *http.Request) (Client, error) {
	id, secret, basic := r.BasicAuth()
	if basic { // OAuth form-encodes both before Basic does its own
		var err1, err2 error
		id, err1 = url.QueryUnescape(id)
		secret, err2 = url.QueryUnescape(secret)
		if err1 != nil || err2 != nil {
			return Client{}, refusal("invalid_client")
		}
	} else {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	client, known := s.cfg.client(id)
	if !known || !web.SameSecret(secret, client.Secret) {
		return Client{}, refusal("invalid_client")
	}
	return client, nil
}

func (s *Server) byCode(r *http.Request, client Client) (map[string]any, error) {
	g, found, err := s.take("code", r.PostFormValue("code"))
	if err != nil {
		return nil, err
	}
	if !found || g.Who.ClientID != client.ID || g.Redirect != r.PostFormValue("redirect_uri") ||
		!verified(g.Challenge, r.PostFormValue("code_verifier")) {
		return nil, refusal("invalid_grant")
	}
	return s.answer(r, g.Who, true)
}

func (s *Server) byRefresh(r *http.Request, client Client) (map[string]any, error) {
	g, found, err := s.take("refresh", r.PostFormValue("refresh_token"))
	if err != nil {
		return nil, err
	}
	if !found || g.Who.ClientID != client.ID {
		return nil, refusal("invalid_grant")
	}
	return s.answer(r, g.Who, true)
}

// verified checks PKCE; a code given without a challenge takes no verifier.
func verified(challenge, verifier string) bool {
	if challenge == "" {
		return verifier == ""
	}
	sum := sha256.Sum256([]byte(verifier))
	return web.SameSecret(base64.RawURLEncoding.EncodeToString(sum[:]), challenge)
}

// answer makes the tokens; a person also gets an id token and a refresh token.
func (s *Server) answer(r *http.Request, who identity, person bool) (map[string]any, error) {
	issuer := s.issuer(r)
	access, err := s.accessToken(issuer, who, s.cfg.TokenLifetime, nil)
	if err != nil {
		return nil, err
	}
	out := map[string]any{
		"access_token": access, "token_type": "Bearer", "scope": who.Scope,
		"expires_in": int(s.cfg.TokenLifetime.Seconds()), "session_state": who.Session,
	}
	if !person {
		return out, nil
	}
	if out["id_token"], err = s.idToken(issuer, who); err != nil {
		return nil, err
	}
	if out["refresh_token"], err = s.give(grant{Kind: "refresh", Who: who}, s.cfg.RefreshLifetime); err != nil {
		return nil, err
	}
	out["refresh_expires_in"] = int(s.cfg.RefreshLifetime.Seconds())
	return out, nil
}
