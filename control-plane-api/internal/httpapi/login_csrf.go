package httpapi

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/secret"
)

// Web says which browsers are served, and how.
type Web struct {
	// Origin is our own, such as https://lcm.example; Origins are others whose pages may call. Empty serves no other.
	Origin  string
	Origins []string
	// Secure keeps cookies off plain HTTP.
	Secure bool
	// Warning is how long before a session's end a person should be warned.
	Warning time.Duration
}

// csrfToken is what a page of ours must send with a cookie. It follows from the session's id, which scripts and other sites do
// not know, so nothing needs to be stored.
func csrfToken(id secret.String) string {
	mac := hmac.New(sha256.New, []byte(id.Reveal()))
	mac.Write([]byte("csrf"))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// meant refuses a call that another site made a browser send: cookies come along by themselves, so a call that changes
// something must come from our own pages (the browser says so) and carry the session's token (the page knows it).
func (w Web) meant(ctx huma.Context, id secret.String) error {
	switch ctx.Method() {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return nil
	}
	if !w.ours(ctx.Header("Sec-Fetch-Site"), ctx.Header("Origin")) {
		return failure.New(failure.Forbidden, "csrf", "The call comes from a page of another site.")
	}
	if subtle.ConstantTimeCompare([]byte(ctx.Header(api.HeaderCSRF)), []byte(csrfToken(id))) != 1 {
		return failure.New(failure.Forbidden, "csrf", "A call that is known by its cookie needs %s: GET %s tells it.", api.HeaderCSRF, api.RouteSession.Path)
	}
	return nil
}

// ours says whether a browser sent a request from a page that may call us. Old browsers send neither header.
func (w Web) ours(site, origin string) bool {
	if origin != "" {
		return origin == w.Origin || slices.Contains(w.Origins, origin)
	}
	return site == "" || site == "same-origin" || site == "none"
}
