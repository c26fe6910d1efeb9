package service

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
	"github.com/lablet-cloud-manager/lcm/core/secret"
)

// Etcd says how to reach etcd.
type Etcd struct {
	Endpoints []string      `env:"ETCD_ENDPOINTS" desc:"etcd endpoints; of ETCD_HOST and ETCD_PORT when empty."`
	Host      string        `env:"ETCD_HOST" envDefault:"localhost" desc:"Host of etcd."`
	Port      string        `env:"ETCD_PORT" envDefault:"2379" desc:"Port of etcd."`
	Username  string        `env:"ETCD_USERNAME" desc:"User of etcd."`
	Password  secret.String `env:"ETCD_PASSWORD" desc:"Password of the user of etcd."`
	CAFile    string        `env:"ETCD_CA_FILE" desc:"CA of etcd's certificate; turns TLS on."`
	CertFile  string        `env:"ETCD_CERT_FILE" desc:"Client certificate for etcd."`
	KeyFile   string        `env:"ETCD_KEY_FILE" desc:"Key of the client certificate."`
	Timeout   time.Duration `env:"ETCD_TIMEOUT" envDefault:"5" desc:"Longest that a call of etcd may take."`
	LeaseTTL  time.Duration `env:"LEADER_LEASE_TTL" envDefault:"5" desc:"How long a leader that vanished keeps its place."`
}

func (e Etcd) validate() error {
	if (e.Username == "") != e.Password.IsZero() {
		return errors.New("ETCD_USERNAME and ETCD_PASSWORD go together")
	}
	if (e.CertFile == "") != (e.KeyFile == "") {
		return errors.New("ETCD_CERT_FILE and ETCD_KEY_FILE go together")
	}
	if e.CertFile != "" && e.CAFile == "" {
		return errors.New("ETCD_CERT_FILE needs ETCD_CA_FILE")
	}
	return nil
}

// client is the configuration of the etcd client; it reads the certificates.
func (e Etcd) client() (etcdkv.Config, error) {
	c := etcdkv.Config{
		Endpoints: e.Endpoints, Username: e.Username, Password: e.Password, DialTimeout: e.Timeout, CallTimeout: e.Timeout,
	}
	if len(c.Endpoints) == 0 {
		c.Endpoints = []string{net.JoinHostPort(e.Host, e.Port)}
	}
	if e.CAFile == "" {
		return c, nil
	}
	pem, err := os.ReadFile(e.CAFile)
	if err != nil {
		return c, fmt.Errorf("ETCD_CA_FILE: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return c, errors.New("ETCD_CA_FILE: no certificate in it")
	}
	c.TLS = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	if e.CertFile == "" {
		return c, nil
	}
	pair, err := tls.LoadX509KeyPair(e.CertFile, e.KeyFile)
	if err != nil {
		return c, fmt.Errorf("ETCD_CERT_FILE: %w", err)
	}
	c.TLS.Certificates = []tls.Certificate{pair}
	return c, nil
}
