package oidc

import (
	"errors"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

const maxLifetime = 365 * 24 * time.Hour

// control adds the routes by which tests and developers steer the simulator.
func (s *Server) control(r chi.Router) {
	s.kit.Control(r)
	r.Post("/_sim/token", s.mint)
	r.Post("/_sim/keys/rotate", s.postRotate)
	r.Get("/_sim/state", s.dump)
}

// mint answers an access token for anybody, without a login. A negative lifetime
// gives a token that has expired; claims replace those of the token.
func (s *Server) mint(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Username string         `json:"username"`
		Roles    []string       `json:"roles"`
		Lifetime *int64         `json:"lifetime_seconds"`
		Claims   map[string]any `json:"claims"`
	}
	err := kit.DecodeJSON(r, 64<<10, &in)
	if err == nil && in.Username == "" {
		err = errors.New("username is required")
	}
	lives := s.cfg.TokenLifetime
	if in.Lifetime != nil {
		lives = time.Duration(*in.Lifetime) * time.Second
		if limit := int64(maxLifetime.Seconds()); *in.Lifetime > limit || *in.Lifetime < -limit {
			err = errors.New("lifetime_seconds must be within a year")
		}
	}
	if err != nil {
		kit.WriteError(w, http.StatusBadRequest, err)
		return
	}
	if in.Roles == nil {
		user, _ := s.cfg.user(in.Username)
		in.Roles = user.Roles
	}
	who := identity{
		Username: in.Username, Roles: in.Roles, ClientID: s.cfg.Clients[0].ID,
		Session: uuid.NewString(), Scope: "openid profile email",
	}
	token, err := s.accessToken(s.issuer(r), who, lives, in.Claims)
	if err != nil {
		kit.WriteError(w, http.StatusInternalServerError, err)
		return
	}
	kit.WriteJSON(w, http.StatusOK, map[string]any{
		"access_token": token, "token_type": "Bearer", "expires_in": int64(lives.Seconds()),
		"sub": Subject(in.Username),
	})
}

// postRotate makes a new signing key; with ?retire=true the former keys vanish.
func (s *Server) postRotate(w http.ResponseWriter, r *http.Request) {
	id, err := s.rotate(r.URL.Query().Get("retire") == "true")
	if err != nil {
		kit.WriteError(w, http.StatusInternalServerError, err)
		return
	}
	kit.WriteJSON(w, http.StatusOK, map[string]string{"kid": id})
}

// dump shows what is kept, without keys and secrets.
func (s *Server) dump(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	keys := make([]string, 0, len(s.keys))
	for _, k := range s.keys {
		keys = append(keys, k.ID)
	}
	kit.WriteJSON(w, http.StatusOK, map[string]any{
		"keys": keys, "grants": len(s.grants), "users": s.cfg.Users, "realm": s.cfg.Realm,
	})
}
