package httpapi

import (
	"net/http"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/secret"
)

// sessionCookie carries a session's id; without one it takes the cookie away.
func (w Web) sessionCookie(id secret.String, lasts time.Duration) *http.Cookie {
	return w.cookie(api.CookieSession, id.Reveal(), "/", lasts)
}

func (w Web) attemptCookie(attempt string, lasts time.Duration) *http.Cookie {
	return w.cookie(api.CookieLogin, attempt, "/api/auth", lasts)
}

// cookie makes one that scripts cannot read and that other sites' pages cannot send along, links to us aside.
func (w Web) cookie(name, value, path string, lasts time.Duration) *http.Cookie {
	c := &http.Cookie{Name: name, Value: value, Path: path, MaxAge: int(lasts / time.Second), HttpOnly: true, Secure: w.Secure, SameSite: http.SameSiteLaxMode}
	if value == "" {
		c.MaxAge = -1
	}
	return c
}
