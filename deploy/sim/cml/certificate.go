package cml

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"sync/atomic"
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// certificate is the self-signed certificate that all machines show. They cannot
// have one each: clients connect to IP addresses, for which TLS carries no name.
type certificate struct {
	kit     *kit.Kit
	present atomic.Pointer[tls.Certificate]
}

// keptCertificate is the form on disk, PEM.
type keptCertificate struct {
	Certificate string `json:"certificate"`
	Key         string `json:"key"`
}

const (
	certificateDoc  = "certificate"
	certificateLife = 10 * 365 * 24 * time.Hour
)

func loadCertificate(k *kit.Kit) (*certificate, error) {
	c := &certificate{kit: k}
	var stored keptCertificate
	found, err := k.Disk.Load(certificateDoc, &stored)
	if err != nil {
		return nil, err
	}
	if !found {
		return c, c.rotate()
	}
	return c, c.use(stored)
}

// rotate makes a new key and certificate.
func (c *certificate) rotate() error {
	made, err := selfSigned(c.kit.Clock.Now())
	if err != nil {
		return fmt.Errorf("certificate: %w", err)
	}
	if err := c.kit.Disk.Save(certificateDoc, made); err != nil {
		return err
	}
	return c.use(made)
}

func (c *certificate) use(stored keptCertificate) error {
	pair, err := tls.X509KeyPair([]byte(stored.Certificate), []byte(stored.Key))
	if err != nil {
		return fmt.Errorf("certificate: %w", err)
	}
	c.present.Store(&pair)
	return nil
}

func selfSigned(now time.Time) (keptCertificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return keptCertificate{}, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return keptCertificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: "cml-controller", Organization: []string{"Simulated CML"}},
		DNSNames:     []string{"cml-controller"},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.Add(certificateLife),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return keptCertificate{}, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return keptCertificate{}, err
	}
	return keptCertificate{
		Certificate: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		Key:         string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})),
	}, nil
}

// Certificate returns the present certificate of all machines.
func (s *Server) Certificate() tls.Certificate { return *s.cert.present.Load() }

// TLSConfig returns a server configuration whose certificate follows rotation.
func (s *Server) TLSConfig() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return s.cert.present.Load(), nil
		},
	}
}
