package lds

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/web"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

const launchAudience = "lds-launch"

// launchURL answers the link that the candidate opens. Fetching it is what the
// automatic candidate waits for.
func (s *Server) launchURL(w http.ResponseWriter, r *http.Request) error {
	doc, err := s.update(web.Param(r, "id"), func(doc *record, now time.Time) error {
		if doc.last(0) == finalized {
			return conflict("session is %s", doc.state())
		}
		doc.prelaunch(now)
		return nil
	})
	if err != nil {
		return err
	}
	claims := jwt.RegisteredClaims{
		Subject: doc.ID, Audience: jwt.ClaimStrings{launchAudience},
		IssuedAt: jwt.NewNumericDate(s.kit.Clock.Now()),
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString(s.key)
	if err != nil {
		return fmt.Errorf("sign launch token: %w", err)
	}
	link := s.base(r) + "/launch?" + url.Values{"jwt": {token}}.Encode()
	kit.WriteJSON(w, http.StatusOK, map[string]string{"url": link})
	return nil
}

// launchPage is what the candidate sees: opening it logs in.
func (s *Server) launchPage(w http.ResponseWriter, r *http.Request) error {
	var claims jwt.RegisteredClaims
	_, err := jwt.ParseWithClaims(r.URL.Query().Get("jwt"), &claims,
		func(*jwt.Token) (any, error) { return s.key, nil },
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithAudience(launchAudience), jwt.WithTimeFunc(s.kit.Clock.Now))
	if err != nil {
		return newProblem(http.StatusUnauthorized, "ERR_UNAUTHORIZED", "the launch link is not valid")
	}
	doc, err := s.update(claims.Subject, func(doc *record, now time.Time) error {
		switch doc.last(0) {
		case created, prelaunched:
			return doc.begin(now)
		case finalized:
			return newProblem(http.StatusGone, "ERR_GONE", "the session is over")
		}
		return nil
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = fmt.Fprintf(w, "<!doctype html><title>Lablet</title><h1>Lablet</h1><p>%s</p><ul>", html.EscapeString(doc.state()))
	for _, p := range doc.Parts {
		for _, d := range p.Devices {
			_, _ = fmt.Fprintf(w, "<li>%s (%s)</li>", html.EscapeString(d.Label), html.EscapeString(d.Protocol))
		}
	}
	_, _ = fmt.Fprint(w, "</ul>") // a browser that left needs no page
	return nil
}
