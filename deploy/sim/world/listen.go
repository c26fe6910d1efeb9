package world

import (
	"errors"
	"fmt"
	"net"
	"strings"
)

const portsDoc = "ports"

// door is where a simulator listens.
type door struct {
	listener net.Listener
	address  string // host:port for clients
}

// Addresses are where clients reach the simulators.
type Addresses struct {
	// CML is host:port and speaks TLS; the Host header of a request names the
	// machine.
	CML string
	// The rest are http URLs without a slash at the end.
	EC2, LDS, Grading, S3, OIDC, Sink string
	// Issuer is that of the OpenID provider.
	Issuer string
}

// Listen binds all listeners; calls are answered from Run on. A second call
// changes nothing. After an error nothing is bound.
func (w *World) Listen() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.doors != nil {
		return nil
	}
	remembered := map[string]string{}
	if _, err := w.kit.Disk.Load(portsDoc, &remembered); err != nil {
		return fmt.Errorf("world: %w", err)
	}
	doors := map[string]*door{}
	for _, name := range Names() {
		d, err := open(w.cfg.Listen[name], remembered[name])
		if err != nil {
			return errors.Join(fmt.Errorf("world: listen for %s: %w", name, err), closeAll(doors))
		}
		doors[name] = d
		remembered[name] = d.address
	}
	if err := w.kit.Disk.Save(portsDoc, remembered); err != nil {
		return errors.Join(fmt.Errorf("world: %w", err), closeAll(doors))
	}
	w.doors = doors
	if w.cfg.LDS.BaseURL == "" {
		w.lds.SetBaseURL(doors[LDS].url())
	}
	if w.cfg.OIDC.BaseURL == "" {
		w.oidc.SetBaseURL(doors[OIDC].url())
	}
	return nil
}

// Addresses returns the addresses; they are empty before Listen.
func (w *World) Addresses() Addresses {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.doors == nil {
		return Addresses{}
	}
	return Addresses{
		CML: w.doors[CML].address,
		EC2: w.doors[EC2].url(), LDS: w.doors[LDS].url(), Grading: w.doors[Grading].url(),
		S3: w.doors[S3].url(), OIDC: w.doors[OIDC].url(), Sink: w.doors[Sink].url(),
		Issuer: w.oidc.Issuer(),
	}
}

func (d *door) url() string { return "http://" + d.address }

// open binds the wanted address. Where that leaves the port open, the port of
// the last run is tried first.
func open(wanted, last string) (*door, error) {
	if wanted == "" {
		wanted = "127.0.0.1:0"
	}
	host, port, err := net.SplitHostPort(wanted)
	if err != nil {
		return nil, err
	}
	if port == "0" && last != "" {
		if _, lastPort, err := net.SplitHostPort(last); err == nil {
			if l, err := net.Listen("tcp", net.JoinHostPort(host, lastPort)); err == nil {
				return newDoor(l, host)
			}
		}
	}
	l, err := net.Listen("tcp", wanted)
	if err != nil {
		return nil, err
	}
	return newDoor(l, host)
}

func newDoor(l net.Listener, host string) (*door, error) {
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	if ip := net.ParseIP(strings.Trim(host, "[]")); host == "" || (ip != nil && ip.IsUnspecified()) {
		host = "127.0.0.1" // bound to all interfaces: clients here use loopback
	}
	return &door{listener: l, address: net.JoinHostPort(host, port)}, nil
}

func closeAll(doors map[string]*door) error {
	var errs []error
	for _, d := range doors {
		errs = append(errs, d.listener.Close())
	}
	return errors.Join(errs...)
}
