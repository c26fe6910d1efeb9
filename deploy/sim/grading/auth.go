package grading

import (
	"crypto/rand"
	"maps"
	"net/http"
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/web"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

const maxTokens = 1000

// authenticate checks the bearer token; a refusal has no body.
func (s *Server) authenticate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := web.Bearer(r)
		if token == "" || !s.known(token) {
			w.Header().Set("WWW-Authenticate", "Bearer")
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) known(token string) bool {
	if s.cfg.Token != "" && web.SameSecret(token, s.cfg.Token) {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	end, found := s.tokens[docName(token)]
	return found && s.kit.Clock.Now().Before(end)
}

// issueToken is the client credentials grant.
func (s *Server) issueToken(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	if r.PostFormValue("grant_type") != "client_credentials" {
		kit.WriteJSON(w, http.StatusBadRequest, map[string]string{"error": "unsupported_grant_type"})
		return
	}
	right := web.SameSecret(id, s.cfg.ClientID) && web.SameSecret(secret, s.cfg.ClientSecret)
	if s.cfg.ClientID == "" || !right {
		kit.WriteJSON(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
		return
	}
	token, lives, err := s.newToken()
	if err != nil {
		kit.WriteJSON(w, http.StatusInternalServerError, map[string]string{"error": "server_error"})
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	kit.WriteJSON(w, http.StatusOK, map[string]any{
		"access_token": token, "token_type": "Bearer", "expires_in": lives, "scope": "api",
	})
}

func (s *Server) newToken() (string, int64, error) {
	token := rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	now, lives := s.kit.Clock.Now(), s.timings.TokenSeconds
	next := maps.Clone(s.tokens)
	maps.DeleteFunc(next, func(_ string, end time.Time) bool { return !now.Before(end) })
	if len(next) >= maxTokens {
		clear(next) // clients ask again when they are refused
	}
	next[docName(token)] = now.Add(time.Duration(lives) * time.Second)
	return token, lives, save(s.kit.Disk, tokensDoc, next, &s.tokens)
}
