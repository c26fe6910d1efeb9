package cml

import (
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"strings"
	"sync"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// trust decides whether a certificate is CML's.
type trust struct {
	config *tls.Config
	first  func(fingerprint string) error
	mu     sync.Mutex
	pin    string
}

func newTrust(settings TLS, host string) (*trust, error) {
	t := &trust{config: &tls.Config{MinVersion: tls.VersionTLS12, ServerName: host}}
	switch {
	case settings.Insecure:
		t.config.InsecureSkipVerify = true //nolint:gosec // switched off by an explicit setting for development
	case len(settings.CA) > 0:
		t.config.RootCAs = x509.NewCertPool()
		if !t.config.RootCAs.AppendCertsFromPEM(settings.CA) {
			return nil, errors.New("cml: the CA bundle holds no certificate")
		}
	case settings.Pin != "" || settings.OnFirstContact != nil:
		t.pin = normalise(settings.Pin)
		if raw, err := hex.DecodeString(t.pin); err != nil || t.pin != "" && len(raw) != sha256.Size {
			return nil, errors.New("cml: the pin is not a SHA-256 in hex")
		}
		t.first = settings.OnFirstContact
		t.config.InsecureSkipVerify = true //nolint:gosec // replaced by the pin: CML signs its certificate itself
		t.config.VerifyConnection = t.verify
	}
	return t, nil
}

func normalise(pin string) string { return strings.ToLower(strings.ReplaceAll(pin, ":", "")) }

func (t *trust) pinned() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.pin
}

// verify runs at the end of each handshake, before a request is sent. The lock is kept while first contact is stored,
// so that a second connection cannot trust something else meanwhile.
func (t *trust) verify(state tls.ConnectionState) error {
	if len(state.PeerCertificates) == 0 {
		return failure.New(failure.Unavailable, CodeUnavailable, "CML showed no certificate")
	}
	sum := sha256.Sum256(state.PeerCertificates[0].Raw)
	fingerprint := hex.EncodeToString(sum[:])
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.pin == "" {
		if err := t.first(fingerprint); err != nil {
			return failure.Wrap(err, failure.Unavailable, CodeUnavailable, "the certificate of CML could not be recorded at first contact")
		}
		t.pin = fingerprint
		return nil
	}
	if subtle.ConstantTimeCompare([]byte(t.pin), []byte(fingerprint)) != 1 {
		return failure.New(failure.Conflict, CodeCertificateChanged, "CML shows another certificate (%s) than the one that was pinned", fingerprint)
	}
	return nil
}
