package system

import (
	"crypto/subtle"
	"net/http"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/schema"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
)

type credentials struct {
	Username string `json:"username"`
	Password string `json:"password"`
}

func credentialsSchema() schema.Rule {
	return schema.Object{
		Fields:   map[string]schema.Rule{"username": schema.Text(1, 32), "password": schema.Text(0, 1024)},
		Required: []string{"username", "password"},
		Open:     true,
	}
}

// signIn checks the credentials of the body and returns a new token.
func (s *System) signIn(r *http.Request) (string, error) {
	var in credentials
	if _, err := wire.Decode(r, credentialsSchema(), &in); err != nil {
		return "", err
	}
	want := s.env.Settings()
	user := subtle.ConstantTimeCompare([]byte(in.Username), []byte(want.Username))
	password := subtle.ConstantTimeCompare([]byte(in.Password), []byte(want.Password))
	if user&password != 1 {
		return "", wire.Errorf(http.StatusForbidden, "Authentication failed.")
	}
	s.Record(Event{
		Category: "user_activity", Timestamp: s.env.Clock.Now(),
		Data: map[string]any{"user_id": AdminID, "activity": "login"},
	})
	return s.issueToken()
}

func authenticate(s *System, r *http.Request) (wire.Reply, error) {
	token, err := s.signIn(r)
	return wire.OK(token), err
}

func authenticateExtended(s *System, r *http.Request) (wire.Reply, error) {
	token, err := s.signIn(r)
	return wire.OK(map[string]any{
		"username": s.env.Settings().Username, "id": AdminID, "token": token, "admin": true, "error": nil,
	}), err
}

func authOK(*System, *http.Request) (wire.Reply, error) { return wire.OK("OK"), nil }

func logout(s *System, r *http.Request) (wire.Reply, error) {
	all, err := wire.Bool(r, "clear_all_sessions")
	if err != nil {
		return wire.Reply{}, err
	}
	claims, err := s.Authorize(r.Header.Get("Authorization"))
	if err != nil {
		return wire.Reply{}, err
	}
	if all {
		s.InvalidateTokens()
	} else {
		s.revoke(claims)
	}
	return wire.OK(true), nil
}
