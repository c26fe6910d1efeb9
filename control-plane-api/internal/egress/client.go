package egress

import (
	"crypto/tls"
	"net"
	"net/http"
	"time"
)

const (
	// answerTimeout bounds the wait for an answer's head, maxHeader its size in bytes.
	answerTimeout = 10 * time.Second
	maxHeader     = 16 << 10
	// idleTimeout and idlePerHost keep few connections open to hosts that are called seldom.
	idleTimeout, idlePerHost, idleAll = 30 * time.Second, 1, 32
	connectionsPerHost                = 4
)

// Client makes the client for users' URLs. Only a URL that Check takes may be given to it. resolver nil is the system's. An
// address that is not public answers address_refused; a redirect is the answer and is not followed.
func (r Rules) Client(resolver Resolver) *http.Client {
	g := newGuard(r.Local)
	if resolver == nil {
		resolver = net.DefaultResolver
	}
	connect := net.Dialer{Timeout: dialTimeout, ControlContext: g.control}
	d := dialer{guard: g, resolver: resolver, connect: connect.DialContext}
	return client(&d, nil)
}

// client holds every limit; settings nil are TLS with the system's authorities.
func client(d *dialer, settings *tls.Config) *http.Client {
	if settings == nil {
		settings = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			// No Proxy: it would resolve and dial in the place of the guard.
			DialContext: d.DialContext, TLSClientConfig: settings, ForceAttemptHTTP2: true, TLSHandshakeTimeout: dialTimeout,
			ResponseHeaderTimeout: answerTimeout, MaxResponseHeaderBytes: maxHeader, DisableCompression: true, IdleConnTimeout: idleTimeout,
			MaxIdleConns: idleAll, MaxIdleConnsPerHost: idlePerHost, MaxConnsPerHost: connectionsPerHost,
		},
	}
}
