package etcdkv

import (
	"crypto/tls"
	"errors"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/secret"
)

// Config says how to reach etcd.
type Config struct {
	// Endpoints are host:port or URLs; at least one.
	Endpoints []string
	// Username and Password are sent when etcd's authentication is on; both or none.
	Username string
	Password secret.String
	// DialTimeout bounds the login; zero means 5 s.
	DialTimeout time.Duration
	// CallTimeout bounds every single call, on top of the caller's context; zero means 5 s.
	CallTimeout time.Duration
	// TLS is nil for plain connections.
	TLS *tls.Config
}

func (c *Config) complete() error {
	if len(c.Endpoints) == 0 {
		return errors.New("etcd: no endpoints configured")
	}
	if (c.Username == "") != c.Password.IsZero() {
		return errors.New("etcd: user name and password go together")
	}
	if c.DialTimeout <= 0 {
		c.DialTimeout = 5 * time.Second
	}
	if c.CallTimeout <= 0 {
		c.CallTimeout = 5 * time.Second
	}
	return nil
}
