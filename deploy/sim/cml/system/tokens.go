package system

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
)

const issuer = "com.cisco.virl"

// tokens says which of the signed tokens still count.
type tokens struct {
	// Generation is part of the key: a new one invalidates all tokens.
	Generation int `json:"generation"`
	// Revoked maps the id of a token to its expiry.
	Revoked map[string]time.Time `json:"revoked,omitempty"`
}

// InvalidateTokens makes every token given out so far answer 401.
func (s *System) InvalidateTokens() {
	s.doc.Tokens = tokens{Generation: s.doc.Tokens.Generation + 1}
	s.changed = true
}

// Authorize checks an Authorization header and returns the token's claims; the
// error is a 401.
func (s *System) Authorize(header string) (*jwt.RegisteredClaims, error) {
	raw, ok := strings.CutPrefix(header, "Bearer ")
	if !ok {
		return nil, wire.Errorf(http.StatusUnauthorized, "No authorization token provided.")
	}
	claims := &jwt.RegisteredClaims{}
	_, err := jwt.ParseWithClaims(raw, claims, func(*jwt.Token) (any, error) { return s.key(), nil },
		jwt.WithValidMethods([]string{"HS256"}), jwt.WithIssuer(issuer),
		jwt.WithExpirationRequired(), jwt.WithTimeFunc(s.env.Clock.Now))
	if _, revoked := s.doc.Tokens.Revoked[claims.ID]; err != nil || revoked {
		return nil, wire.Errorf(http.StatusUnauthorized, "Authorization token is invalid or has expired.")
	}
	return claims, nil
}

func (s *System) issueToken() (string, error) {
	now := s.env.Clock.Now()
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.RegisteredClaims{
		Issuer:    issuer,
		Subject:   AdminID,
		IssuedAt:  jwt.NewNumericDate(now),
		ExpiresAt: jwt.NewNumericDate(now.Add(s.env.Settings().TokenTTL)),
		ID:        wire.NewID(),
	})
	signed, err := token.SignedString(s.key())
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	return signed, nil
}

func (s *System) revoke(claims *jwt.RegisteredClaims) {
	now := s.env.Clock.Now()
	if s.doc.Tokens.Revoked == nil {
		s.doc.Tokens.Revoked = map[string]time.Time{}
	}
	for id, expiry := range s.doc.Tokens.Revoked {
		if expiry.Before(now) {
			delete(s.doc.Tokens.Revoked, id)
		}
	}
	s.doc.Tokens.Revoked[claims.ID] = claims.ExpiresAt.Time
	s.changed = true
}

// key differs between machines: a token of one is not accepted by another.
func (s *System) key() []byte {
	mac := hmac.New(sha256.New, s.env.Secret)
	_, _ = fmt.Fprintf(mac, "%s/%d", s.env.Machine, s.doc.Tokens.Generation) // a hash never fails
	return mac.Sum(nil)
}
