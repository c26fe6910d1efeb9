// Package cmlsystem is the system part of CML's API, as far as a worker's life needs it: readiness, licensing, definitions
// and usage. It rests on the transport of core/cml.
package cmlsystem

import (
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/cml"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/worker-controller/internal/worker"
)

// Config says how CMLs are reached.
type Config struct {
	Username string
	Password secret.String
	// VerifyTLS false switches the check of certificates off. CA is a bundle to check them with; without one a worker's
	// certificate is pinned at first contact.
	VerifyTLS bool
	CA        []byte
	// ConnectTo (host:port) is where connections go whatever the address; empty in production.
	ConnectTo string
	// Networks are where workers may be.
	Networks []netip.Prefix
	// Timeout bounds a call; 0 means the transport's default.
	Timeout time.Duration
	// Transport carries the calls in place of connections of the client's own; nil makes some.
	Transport http.RoundTripper
}

// Pool keeps one client per CML, so that its login is used again. A worker whose address or certificate has changed gets
// another client. It is safe for concurrent use.
type Pool struct {
	config Config

	mu      sync.Mutex
	clients map[string]pooled
}

type pooled struct {
	address, pin string
	client       *cml.Client
}

// maxPooled bounds the pool; what is thrown out only logs in anew.
const maxPooled = 1000

// NewPool makes an empty pool.
func NewPool(config Config) *Pool { return &Pool{config: config, clients: map[string]pooled{}} }

// Connect is a worker.Connect.
func (p *Pool) Connect(contact worker.Contact) (worker.CML, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	have, ok := p.clients[contact.WorkerID]
	if ok && have.address == contact.Address && have.pin == contact.Pin {
		return System{have.client}, nil
	}
	client, err := p.client(contact)
	if err != nil {
		return nil, err
	}
	if ok {
		have.client.Close()
		delete(p.clients, contact.WorkerID)
	}
	if p.pinning() && contact.Pin == "" {
		// Its first contact belongs to the caller of this run, so it is not for another one.
		return System{client}, nil
	}
	p.trim()
	p.clients[contact.WorkerID] = pooled{address: contact.Address, pin: contact.Pin, client: client}
	return System{client}, nil
}

func (p *Pool) pinning() bool { return p.config.VerifyTLS && len(p.config.CA) == 0 }

func (p *Pool) client(contact worker.Contact) (*cml.Client, error) {
	tls := cml.TLS{Insecure: !p.config.VerifyTLS}
	switch {
	case tls.Insecure:
	case len(p.config.CA) > 0:
		tls.CA = p.config.CA
	default:
		tls.Pin, tls.OnFirstContact = contact.Pin, contact.FirstContact
	}
	config := cml.Config{
		Address: contact.Address, ConnectTo: p.config.ConnectTo, Username: p.config.Username, Password: p.config.Password,
		TLS: tls, AllowedNetworks: p.config.Networks, Timeout: p.config.Timeout,
	}
	if p.config.Transport != nil {
		config.Wrap = func(http.RoundTripper) http.RoundTripper { return p.config.Transport }
	}
	return cml.New(config)
}

// trim makes room. The lock is held.
func (p *Pool) trim() {
	for id, old := range p.clients {
		if len(p.clients) < maxPooled {
			return
		}
		old.client.Close()
		delete(p.clients, id)
	}
}
