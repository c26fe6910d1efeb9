package oidc

import (
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
)

// identity is who a token is about.
type identity struct {
	Username string   `json:"username"`
	Roles    []string `json:"roles"`
	ClientID string   `json:"client_id"`
	Session  string   `json:"session"`
	Scope    string   `json:"scope"`
	Nonce    string   `json:"nonce,omitempty"`
}

// accessToken is shaped like one of Keycloak; extra claims replace its own.
func (s *Server) accessToken(issuer string, who identity, lives time.Duration, extra map[string]any) (string, error) {
	claims := s.common(issuer, who, lives)
	claims["typ"] = "Bearer"
	claims["aud"] = s.cfg.Audience
	if len(s.cfg.Audience) == 1 {
		claims["aud"] = s.cfg.Audience[0]
	}
	claims["scope"] = who.Scope
	claims["allowed-origins"] = []string{"*"}
	claims["realm_access"] = map[string]any{
		"roles": append([]string{"offline_access", "uma_authorization", "default-roles-" + s.cfg.Realm}, who.Roles...),
	}
	maps.Copy(claims, extra)
	return s.sign(claims)
}

// idToken tells the client who logged in.
func (s *Server) idToken(issuer string, who identity) (string, error) {
	claims := s.common(issuer, who, s.cfg.TokenLifetime)
	claims["typ"], claims["aud"] = "ID", who.ClientID
	if who.Nonce != "" {
		claims["nonce"] = who.Nonce
	}
	return s.sign(claims)
}

func (s *Server) common(issuer string, who identity, lives time.Duration) jwt.MapClaims {
	now := s.kit.Clock.Now()
	claims := jwt.MapClaims{
		"iss": issuer, "sub": Subject(who.Username), "azp": who.ClientID, "sid": who.Session,
		"jti": uuid.NewString(), "acr": "1",
		"iat": now.Unix(), "nbf": now.Unix(), "auth_time": now.Unix(), "exp": now.Add(lives).Unix(),
	}
	maps.Copy(claims, profile(who.Username))
	return claims
}

func profile(username string) map[string]any {
	return map[string]any{
		"preferred_username": username, "name": username, "given_name": username, "family_name": "",
		"email": username + "@lcm.example", "email_verified": true,
	}
}

func (s *Server) sign(claims jwt.MapClaims) (string, error) {
	key := s.signer()
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	token.Header["kid"] = key.ID
	signed, err := token.SignedString(key.private)
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	return signed, nil
}

// verify reads a token of ours; an expired one is accepted when asked for.
func (s *Server) verify(token string, alsoExpired bool) (jwt.MapClaims, error) {
	options := []jwt.ParserOption{
		jwt.WithValidMethods([]string{jwt.SigningMethodRS256.Alg()}), jwt.WithTimeFunc(s.kit.Clock.Now),
	}
	if alsoExpired {
		options = append(options, jwt.WithoutClaimsValidation())
	}
	claims := jwt.MapClaims{}
	_, err := jwt.ParseWithClaims(token, claims, func(t *jwt.Token) (any, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, k := range s.keys {
			if k.ID == t.Header["kid"] {
				return &k.private.PublicKey, nil
			}
		}
		return nil, errors.New("unknown key")
	}, options...)
	if err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	return claims, nil
}
