package oidc

import (
	"net/http"
	"net/url"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/web"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// userinfo answers who an access token is about.
func (s *Server) userinfo(w http.ResponseWriter, r *http.Request) {
	claims, err := s.verify(web.Bearer(r), false)
	if err != nil || claims["typ"] != "Bearer" {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		kit.WriteJSON(w, http.StatusUnauthorized, map[string]string{"error": "invalid_token"})
		return
	}
	name, _ := claims["preferred_username"].(string)
	answer := profile(name)
	answer["sub"] = claims["sub"]
	kit.WriteJSON(w, http.StatusOK, answer)
}

// logout ends the login that the id token hint names and sends the browser on,
// but only to an address that the client registered.
func (s *Server) logout(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	clientID := r.FormValue("client_id")
	if hint := r.FormValue("id_token_hint"); hint != "" {
		claims, err := s.verify(hint, true)
		if err != nil {
			http.Error(w, "id_token_hint is not valid", http.StatusBadRequest)
			return
		}
		session, _ := claims["sid"].(string)
		clientID, _ = claims["azp"].(string)
		if err := s.endSession(session); err != nil {
			s.kit.Log.Error("login not ended", "error", err)
			http.Error(w, "login not ended", http.StatusInternalServerError)
			return
		}
	}
	redirect := r.FormValue("post_logout_redirect_uri")
	if redirect == "" {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte("You are logged out.\n")) // a browser that left needs no page
		return
	}
	client, known := s.cfg.client(clientID)
	target, err := url.Parse(redirect)
	if !known || err != nil || !client.redirects(redirect) {
		http.Error(w, "unknown post_logout_redirect_uri", http.StatusBadRequest)
		return
	}
	if state := r.FormValue("state"); state != "" {
		query := target.Query()
		query.Set("state", state)
		target.RawQuery = query.Encode()
	}
	http.Redirect(w, r, target.String(), http.StatusFound)
}
