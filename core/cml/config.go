// Package cml is the HTTP transport to Cisco Modeling Labs: authentication, TLS, where connections may go, and errors.
// What is called with it, the system or the labs part of the API, is up to the controllers.
package cml

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/secret"
)

const (
	// DefaultTimeout bounds a call where nothing else is configured.
	DefaultTimeout = 30 * time.Second
	// DefaultMaxAnswer is the largest answer that is read, in bytes.
	DefaultMaxAnswer = 32 << 20
)

// Config is what a client needs to know.
type Config struct {
	// BaseURL is scheme and host, such as https://10.0.0.7; Address is the short form, a host with or without a port,
	// and stands for https. One of them is needed. Plain http needs TLS.Insecure, since it shows the password.
	BaseURL string
	Address string
	// ConnectTo (host:port) is where connections really go while the Host header stays; empty in production.
	ConnectTo string
	Username  string
	Password  secret.String
	TLS       TLS
	// AllowedNetworks are where CML may be; empty allows all. Link-local and cloud metadata addresses are always refused.
	AllowedNetworks []netip.Prefix
	// Timeout bounds a whole call, a repeat after authentication included; 0 stands for DefaultTimeout.
	Timeout time.Duration
	// MaxAnswer bounds an answer in bytes; 0 stands for DefaultMaxAnswer.
	MaxAnswer int64
	// Wrap may put tracing or metrics around the transport.
	Wrap func(http.RoundTripper) http.RoundTripper
}

// TLS says how CML's certificate is checked. The first that is set counts: Insecure, CA, Pin, OnFirstContact. With none
// the system's roots are used.
type TLS struct {
	// Insecure switches the check off.
	Insecure bool
	// CA is a PEM bundle; name and chain are checked as usual.
	CA []byte
	// Pin is the SHA-256 of the one certificate that is trusted, in hex, with or without colons.
	Pin string
	// OnFirstContact is asked before anything is sent to a server whose certificate is not known yet. It should store
	// the fingerprint; when it fails there is no connection. After that the certificate is pinned in the client.
	OnFirstContact func(fingerprint string) error
}

func (c Config) base() (*url.URL, error) {
	text := c.BaseURL
	if text == "" && c.Address != "" {
		text = "https://" + c.Address
	}
	base, err := url.Parse(text)
	if err != nil || base.Host == "" {
		return nil, errors.New("cml: a base URL or an address is needed")
	}
	if base.User != nil || base.RawQuery != "" || base.Fragment != "" || base.Path != "" && base.Path != "/" {
		return nil, errors.New("cml: the base URL must be scheme and host only")
	}
	switch {
	case base.Scheme == "https":
	case base.Scheme == "http" && c.TLS.Insecure:
	default:
		return nil, fmt.Errorf("cml: scheme %q is not allowed", base.Scheme)
	}
	base.Path = "/api/v0"
	return base, nil
}
