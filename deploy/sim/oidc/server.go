package oidc

import (
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/go-chi/chi/v5"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/web"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// Server is the simulator. Its methods may be called concurrently.
type Server struct {
	cfg    Config
	kit    *kit.Kit
	routes http.Handler

	mu     sync.Mutex
	base   string
	keys   []signingKey
	grants map[string]grant
}

// New returns the provider with the keys and grants kept on the kit's disk; the
// first start makes a key.
func New(k *kit.Kit, cfg Config) (*Server, error) {
	cfg, err := cfg.complete()
	if err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg, kit: k, base: cfg.BaseURL, grants: map[string]grant{}}
	if s.keys, err = loadKeys(k.Disk); err != nil {
		return nil, fmt.Errorf("oidc: %w", err)
	}
	if _, err := k.Disk.Load(grantsDoc, &s.grants); err != nil {
		return nil, fmt.Errorf("oidc: %w", err)
	}
	s.routes = s.router()
	return s, nil
}

// Handler serves the realm and the control routes.
func (s *Server) Handler() http.Handler { return s.routes }

func (s *Server) router() http.Handler {
	r := chi.NewRouter()
	s.control(r)
	r.Group(func(r chi.Router) {
		r.Use(s.kit.Faults.Middleware(nil))
		r.Route("/realms/"+s.cfg.Realm, func(r chi.Router) {
			r.Get("/.well-known/openid-configuration", s.discovery)
			r.Route("/protocol/openid-connect", func(r chi.Router) {
				r.Get("/certs", func(w http.ResponseWriter, _ *http.Request) {
					kit.WriteJSON(w, http.StatusOK, s.jwks())
				})
				r.Get("/auth", s.authorize)
				r.Post("/auth", s.authorize)
				r.Post("/token", s.token)
				r.Get("/userinfo", s.userinfo)
				r.Post("/userinfo", s.userinfo)
				r.Get("/logout", s.logout)
				r.Post("/logout", s.logout)
			})
		})
	})
	return r
}

// SetBaseURL changes the address that begins the issuer. Tokens issued before
// name the former one.
func (s *Server) SetBaseURL(url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.base = strings.TrimSuffix(url, "/")
}

// Issuer returns the issuer, "" while the provider has no address of its own.
func (s *Server) Issuer() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.base == "" {
		return ""
	}
	return s.base + "/realms/" + s.cfg.Realm
}

func (s *Server) issuer(r *http.Request) string {
	if own := s.Issuer(); own != "" {
		return own
	}
	return web.BaseURL(r) + "/realms/" + s.cfg.Realm
}

func (s *Server) discovery(w http.ResponseWriter, r *http.Request) {
	issuer := s.issuer(r)
	at := issuer + "/protocol/openid-connect"
	kit.WriteJSON(w, http.StatusOK, map[string]any{
		"issuer":                                issuer,
		"authorization_endpoint":                at + "/auth",
		"token_endpoint":                        at + "/token",
		"jwks_uri":                              at + "/certs",
		"userinfo_endpoint":                     at + "/userinfo",
		"end_session_endpoint":                  at + "/logout",
		"response_types_supported":              []string{"code"},
		"response_modes_supported":              []string{"query"},
		"grant_types_supported":                 []string{"authorization_code", "refresh_token", "client_credentials"},
		"subject_types_supported":               []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"scopes_supported":                      []string{"openid", "profile", "email", "roles", "offline_access"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic", "client_secret_post", "none"},
		"code_challenge_methods_supported":      []string{"S256"},
		"claims_supported":                      []string{"sub", "iss", "aud", "exp", "preferred_username", "email"},
	})
}
