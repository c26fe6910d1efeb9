// Package cmllabs speaks to the labs part of CML's API, one client a worker.
package cmllabs

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/cml"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/secret"
)

// Config is what the CMLs of all workers have in common.
type Config struct {
	Username string
	Password secret.String
	// Insecure switches the check of certificates off; CA is a PEM bundle. With neither, first contact pins.
	Insecure bool
	CA       []byte
	// Networks are where workers may be; empty allows all but link-local and metadata addresses.
	Networks []netip.Prefix
	// ConnectTo (host:port) is where connections really go; empty in production.
	ConnectTo string
	// Private prefers a worker's private address.
	Private bool
	// Timeout bounds one call; 0 means 60 s.
	Timeout time.Duration
	// Transport carries the calls in place of connections of the client's own; nil makes some.
	Transport http.RoundTripper
}

// Pin stores the certificate that a worker showed at first contact. Its context is that of the call that made contact.
type Pin func(ctx context.Context, workerID, fingerprint string) error

// Pool keeps the clients of workers. It is safe for concurrent use.
type Pool struct {
	config Config
	pin    Pin

	mu      sync.Mutex
	clients map[string]pooled
}

// pooled is a client with what it was made for.
type pooled struct {
	address, pin string
	labs         *Labs
}

// maxClients bounds the pool; beyond it all clients are made anew, which costs a login each.
const maxClients = 1000

// NewPool makes an empty pool.
func NewPool(config Config, pin Pin) *Pool {
	if config.Timeout <= 0 {
		config.Timeout = time.Minute
	}
	return &Pool{config: config, pin: pin, clients: map[string]pooled{}}
}

// Address is where a worker is reached, empty where it has no address (yet).
func (p *Pool) Address(w readmodel.Worker) string {
	first, second := w.PublicIP, w.PrivateIP
	if p.config.Private {
		first, second = second, first
	}
	switch {
	case first != "":
		return first
	case second != "":
		return second
	}
	if endpoint, err := url.Parse(w.HTTPSEndpoint); err == nil {
		return endpoint.Hostname()
	}
	return ""
}

// Labs gives the client of a worker. ctx is used for first contact as long as the worker has no pinned certificate: such
// a client is good for one run and is not kept. Without an address it is Unavailable (worker_no_address).
func (p *Pool) Labs(ctx context.Context, w readmodel.Worker) (*Labs, error) {
	address := p.Address(w)
	if address == "" {
		return nil, failure.New(failure.Unavailable, "worker_no_address", "The worker has no address yet.")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	have, ok := p.clients[w.ID]
	if ok && have.address == address && have.pin == w.TLSPin {
		return have.labs, nil
	}
	client, err := cml.New(p.clientConfig(ctx, w, address))
	if err != nil {
		return nil, failure.Wrap(err, failure.Internal, "cml_configuration", "The connection to the worker's CML could not be set up.")
	}
	if ok {
		have.labs.cml.Close()
		delete(p.clients, w.ID)
	}
	labs := newLabs(client)
	if p.unpinned(w) {
		return labs, nil
	}
	if len(p.clients) >= maxClients {
		p.drop()
	}
	p.clients[w.ID] = pooled{address: address, pin: w.TLSPin, labs: labs}
	return labs, nil
}

func (p *Pool) unpinned(w readmodel.Worker) bool {
	return !p.config.Insecure && len(p.config.CA) == 0 && w.TLSPin == ""
}

func (p *Pool) clientConfig(ctx context.Context, w readmodel.Worker, address string) cml.Config {
	config := cml.Config{
		Address: bracketed(address), ConnectTo: p.config.ConnectTo, Username: p.config.Username, Password: p.config.Password,
		AllowedNetworks: p.config.Networks, Timeout: p.config.Timeout,
		TLS: cml.TLS{Insecure: p.config.Insecure, CA: p.config.CA, Pin: w.TLSPin},
	}
	if p.unpinned(w) {
		config.TLS.OnFirstContact = func(fingerprint string) error { return p.pin(ctx, w.ID, fingerprint) }
	}
	if p.config.Transport != nil {
		config.Wrap = func(http.RoundTripper) http.RoundTripper { return p.config.Transport }
	}
	return config
}

func (p *Pool) drop() {
	for id, client := range p.clients {
		client.labs.cml.Close()
		delete(p.clients, id)
	}
}

// bracketed makes an IPv6 address fit for a URL.
func bracketed(address string) string {
	if ip, err := netip.ParseAddr(address); err == nil && ip.Is6() {
		return "[" + address + "]"
	}
	return address
}
