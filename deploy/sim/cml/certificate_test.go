package cml_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTheCertificateIsPinnedUntilItRotates(t *testing.T) {
	w := start(t, "", config())
	listener, err := tls.Listen("tcp", "127.0.0.1:0", w.sim.TLSConfig())
	require.NoError(t, err)
	server := &http.Server{Handler: w.sim.Handler(), ReadHeaderTimeout: time.Second}
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	t.Cleanup(func() {
		require.NoError(t, server.Close())
		require.ErrorIs(t, <-done, http.ErrServerClosed)
	})

	first := shown(t, listener.Addr(), "10.0.0.1")
	require.Equal(t, first, shown(t, listener.Addr(), "10.0.0.2"))
	require.Equal(t, first, w.sim.Certificate().Certificate[0])
	leaf, err := x509.ParseCertificate(first)
	require.NoError(t, err)
	require.Equal(t, leaf.Issuer, leaf.Subject, "self-signed")
	require.NoError(t, leaf.CheckSignature(leaf.SignatureAlgorithm, leaf.RawTBSCertificate, leaf.Signature))

	w.at(address).control(http.MethodPost, "/certificate/rotate", nil, 200)
	require.NotEqual(t, first, shown(t, listener.Addr(), "10.0.0.1"))
}

// shown returns the certificate that a client sees.
func shown(t *testing.T, addr net.Addr, name string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	// The test compares the certificate itself, as a client that pins it does.
	dialer := &tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true, ServerName: name}} //nolint:gosec // see above
	conn, err := dialer.DialContext(ctx, "tcp", addr.String())
	require.NoError(t, err)
	defer conn.Close()
	return conn.(*tls.Conn).ConnectionState().PeerCertificates[0].Raw
}
