package oidc

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// page lets the developer pick a user; its form repeats the request.
const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Log in</title>
<h1>Log in as</h1><form method="post">
{{range $name, $value := .Fields}}<input type="hidden" name="{{$name}}" value="{{$value}}">
{{end}}{{range .Users}}<p><button name="username" value="{{.Username}}">{{.Username}}</button></p>
{{end}}</form></html>`

func requestFields() []string {
	return []string{
		"client_id", "redirect_uri", "response_type", "scope", "state", "nonce",
		"code_challenge", "code_challenge_method",
	}
}

// authorize shows the page and, once a user is picked, redirects with a code.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	client, known := s.cfg.client(r.FormValue("client_id"))
	redirect := r.FormValue("redirect_uri")
	if !known || !client.redirects(redirect) {
		// Never redirect to an address that the client did not register.
		http.Error(w, "unknown client or redirect_uri", http.StatusBadRequest)
		return
	}
	if code := refuse(r, client); code != "" {
		s.back(w, r, redirect, url.Values{"error": {code}})
		return
	}
	user, picked := s.cfg.user(r.PostFormValue("username"))
	if r.Method != http.MethodPost || !picked {
		s.choose(w, r)
		return
	}
	code, err := s.give(grant{
		Kind: "code", Redirect: redirect, Challenge: r.FormValue("code_challenge"),
		Who: identity{
			Username: user.Username, Roles: user.Roles, ClientID: client.ID, Session: uuid.NewString(),
			Scope: r.FormValue("scope"), Nonce: r.FormValue("nonce"),
		},
	}, codeLives)
	if err != nil {
		s.kit.Log.Error("code not kept", "error", err)
		s.back(w, r, redirect, url.Values{"error": {"server_error"}})
		return
	}
	s.back(w, r, redirect, url.Values{"code": {code}})
}

// refuse returns the error code for a request that cannot be served.
func refuse(r *http.Request, client Client) string {
	challenge, method := r.FormValue("code_challenge"), r.FormValue("code_challenge_method")
	switch {
	case r.FormValue("response_type") != "code":
		return "unsupported_response_type"
	case !slices.Contains(strings.Fields(r.FormValue("scope")), "openid"):
		return "invalid_scope"
	case challenge == "" && client.Secret == "", challenge != "" && method != "S256":
		return "invalid_request"
	case r.FormValue("prompt") == "none":
		return "login_required" // nobody stays logged in here
	}
	return ""
}

func (s *Server) choose(w http.ResponseWriter, r *http.Request) {
	fields := map[string]string{}
	for _, name := range requestFields() {
		if value := r.FormValue(name); value != "" {
			fields[name] = value
		}
	}
	t, err := template.New("login").Parse(page)
	if err != nil {
		http.Error(w, "login page is broken", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	err = t.Execute(w, map[string]any{"Fields": fields, "Users": s.cfg.Users})
	if err != nil {
		s.kit.Log.Debug("login page not sent", "error", err)
	}
}

func (s *Server) back(w http.ResponseWriter, r *http.Request, redirect string, answer url.Values) {
	target, err := url.Parse(redirect)
	if err != nil {
		http.Error(w, "redirect_uri is not a URL", http.StatusBadRequest)
		return
	}
	query := target.Query()
	for name, values := range answer {
		query[name] = values
	}
	if state := r.FormValue("state"); state != "" {
		query.Set("state", state)
	}
	query.Set("iss", s.issuer(r))
	target.RawQuery = query.Encode()
	http.Redirect(w, r, target.String(), http.StatusFound)
}
