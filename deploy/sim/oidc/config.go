// Package oidc simulates an OpenID provider whose paths and tokens look like
// those of Keycloak: discovery, keys, code flow with PKCE where the developer
// just picks a user, and tokens for tests without any login.
package oidc

import (
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// Config is fixed for the life of a Server.
type Config struct {
	// BaseURL begins the issuer; empty: the address that the caller used.
	BaseURL string
	// Realm is part of the issuer, {BaseURL}/realms/{Realm}; default aix.
	Realm string
	// Audience goes into access tokens; default lcm.
	Audience []string
	// Users default to admin, manager, author and user, each with its role.
	Users []User
	// Clients default to the public client lcm-public on any loopback port.
	Clients []Client
	// TokenLifetime is that of access and id tokens; default 5 minutes.
	TokenLifetime time.Duration
	// RefreshLifetime is that of refresh tokens; default 30 minutes.
	RefreshLifetime time.Duration
}

// User is somebody who may be picked at login.
type User struct {
	Username string
	Roles    []string
}

// Subject is the stable id of a user name.
func Subject(username string) string {
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte("user:"+username)).String()
}

// Client is an application. Without a Secret it is public and must use PKCE.
type Client struct {
	ID, Secret string
	// RedirectURIs may hold `*` for any run of characters.
	RedirectURIs []string
	// Roles are those of the client's own account, for client credentials.
	Roles []string
}

func (c Client) redirects(uri string) bool {
	for _, allowed := range c.RedirectURIs {
		if kit.Glob(allowed, uri) {
			return true
		}
	}
	return false
}

func (c Config) complete() (Config, error) {
	c.BaseURL = strings.TrimSuffix(c.BaseURL, "/")
	if c.Realm == "" {
		c.Realm = "aix"
	}
	if len(c.Audience) == 0 {
		c.Audience = []string{"lcm"}
	}
	if len(c.Users) == 0 {
		c.Users = []User{
			{"admin", []string{"admin"}}, {"manager", []string{"manager"}},
			{"author", []string{"lab-author"}}, {"user", []string{"user"}},
		}
	}
	if len(c.Clients) == 0 {
		c.Clients = []Client{{ID: "lcm-public", RedirectURIs: []string{"http://localhost:*", "http://127.0.0.1:*"}}}
	}
	if c.TokenLifetime == 0 {
		c.TokenLifetime = 5 * time.Minute
	}
	if c.RefreshLifetime == 0 {
		c.RefreshLifetime = 30 * time.Minute
	}
	if c.TokenLifetime < 0 || c.RefreshLifetime < 0 {
		return c, errors.New("oidc: lifetimes must not be negative")
	}
	return c, nil
}

func (c Config) user(name string) (User, bool) {
	for _, u := range c.Users {
		if u.Username == name {
			return u, true
		}
	}
	return User{}, false
}

func (c Config) client(id string) (Client, bool) {
	for _, known := range c.Clients {
		if known.ID == id {
			return known, true
		}
	}
	return Client{}, false
}
