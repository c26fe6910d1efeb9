package token

import (
	"errors"
	"net/http"
	"strings"
	"time"
)

// Config says whose tokens are taken. Without an issuer none are.
type Config struct {
	KeycloakURL         string   `env:"KEYCLOAK_URL" desc:"Base URL of Keycloak, as tokens name it; without it and EXPECTED_ISSUER no tokens are taken."`
	KeycloakURLInternal string   `env:"KEYCLOAK_URL_INTERNAL" desc:"Base URL at which this service reaches Keycloak; KEYCLOAK_URL when empty."`
	Realm               string   `env:"KEYCLOAK_REALM" envDefault:"aix" desc:"Keycloak realm."`
	Issuer              string   `env:"EXPECTED_ISSUER" desc:"Issuer that tokens must name; of KEYCLOAK_URL and realm when empty."`
	Audience            []string `env:"EXPECTED_AUDIENCE" envDefault:"lcm" desc:"Audiences of which a token must name one."`
}

// Deps replaces what a Verifier would otherwise make itself; all are optional.
type Deps struct {
	// HTTP fetches the provider's keys.
	HTTP *http.Client
	Now  func() time.Time
}

// Configured reports whether tokens are taken at all.
func (c Config) Configured() bool { return c.IssuerURL() != "" }

// Validate reports what cannot work.
func (c Config) Validate() error {
	if c.Configured() && len(c.Audience) == 0 {
		return errors.New("EXPECTED_AUDIENCE: want at least one")
	}
	return nil
}

// IssuerURL is the issuer that tokens name; empty where none are taken.
func (c Config) IssuerURL() string {
	if c.Issuer != "" || c.KeycloakURL == "" {
		return c.Issuer
	}
	return realm(c.KeycloakURL, c.Realm)
}

// InternalURL is the issuer as this service reaches it; empty where IssuerURL does for that.
func (c Config) InternalURL() string {
	if c.KeycloakURLInternal == "" {
		return ""
	}
	return realm(c.KeycloakURLInternal, c.Realm)
}

// KeysURL is where the provider's keys are; empty where its own discovery document tells.
func (c Config) KeysURL() string {
	internal := c.InternalURL()
	if internal == "" {
		return ""
	}
	return internal + "/protocol/openid-connect/certs"
}

func realm(base, name string) string { return strings.TrimRight(base, "/") + "/realms/" + name }
