package cml

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/secret"
)

// Client talks to one CML as one user. It is safe for concurrent use. It never repeats a call by itself, except once
// after a 401, which CML gives before it does anything.
type Client struct {
	base      *url.URL
	username  string
	password  secret.String
	http      *http.Client
	transport *http.Transport
	trust     *trust
	timeout   time.Duration
	maxAnswer int64

	// login is held while authenticating, so that many callers log in once.
	login chan struct{}
	mu    sync.Mutex
	token secret.String
}

// New makes a client; it connects to nothing yet.
func New(config Config) (*Client, error) {
	base, err := config.base()
	if err != nil {
		return nil, err
	}
	trust, err := newTrust(config.TLS, base.Hostname())
	if err != nil {
		return nil, err
	}
	dialer := &guard{allowed: config.AllowedNetworks, connectTo: config.ConnectTo}
	transport := &http.Transport{
		DialContext:         dialer.dial,
		TLSClientConfig:     trust.config,
		TLSHandshakeTimeout: 15 * time.Second,
		MaxIdleConnsPerHost: 4,
		IdleConnTimeout:     60 * time.Second,
	}
	var tripper http.RoundTripper = transport
	if config.Wrap != nil {
		tripper = config.Wrap(transport)
	}
	client := &Client{
		base: base, username: config.Username, password: config.Password, trust: trust, transport: transport,
		timeout: orDefault(config.Timeout, DefaultTimeout), maxAnswer: orDefault(config.MaxAnswer, DefaultMaxAnswer),
		login: make(chan struct{}, 1),
	}
	client.http = &http.Client{
		Transport: tripper,
		// A redirect would carry the token to wherever it points.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return client, nil
}

// Close lets go of idle connections.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Fingerprint is the SHA-256 of the pinned certificate in hex, empty where none is pinned (yet).
func (c *Client) Fingerprint() string { return c.trust.pinned() }

// Format implements fmt.Formatter: whatever the verb, a client shows where it leads and never what is inside.
func (c *Client) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("cml client of " + c.base.Host)) }

// Path joins segments, each escaped, to a path for Do.
func Path(segments ...string) string {
	var b strings.Builder
	for _, segment := range segments {
		b.WriteByte('/')
		b.WriteString(url.PathEscape(segment))
	}
	return b.String()
}

func orDefault[N ~int64](value, fallback N) N {
	if value > 0 {
		return value
	}
	return fallback
}
