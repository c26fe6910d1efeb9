package egress

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"
)

// Resolver looks names up; *net.Resolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

const (
	// dialTimeout bounds resolving and connecting.
	dialTimeout = 5 * time.Second
	// addressesTried is how many of a name's addresses are tried, addressesKnown how many it may have.
	addressesTried, addressesKnown = 3, 64
)

// dialer connects to addresses that the guard lets through.
type dialer struct {
	guard    guard
	resolver Resolver
	// connect dials an address that was let through.
	connect func(ctx context.Context, network, address string) (net.Conn, error)
}

// DialContext resolves once, looks at every address, and dials one of exactly those: an answer that changes afterwards
// changes nothing.
func (d *dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("dial: %w", err)
	}
	addresses, err := d.resolve(ctx, host)
	if err != nil {
		return nil, err
	}
	var failed error
	for _, ip := range addresses[:min(len(addresses), addressesTried)] {
		connection, err := d.connect(ctx, network, net.JoinHostPort(ip.String(), port))
		if err == nil {
			return connection, nil
		}
		failed = errors.Join(failed, err)
	}
	return nil, fmt.Errorf("dial: %w", failed)
}

// resolve gives a host's addresses, all of them public. One that is not spoils the rest: the host is not what it says.
func (d *dialer) resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	addresses := []netip.Addr{}
	if ip, err := netip.ParseAddr(host); err == nil {
		addresses = append(addresses, ip)
	} else if addresses, err = d.resolver.LookupNetIP(ctx, "ip", host); err != nil {
		return nil, fmt.Errorf("resolve: %w", err)
	}
	if len(addresses) == 0 || len(addresses) > addressesKnown {
		return nil, fmt.Errorf("resolve: %d addresses", len(addresses))
	}
	for i, ip := range addresses {
		if err := d.guard.check(ip); err != nil {
			return nil, err
		}
		addresses[i] = ip.Unmap()
	}
	return addresses, nil
}

// control looks at what is really dialled once more, whoever chose it.
func (g guard) control(_ context.Context, _, address string, _ syscall.RawConn) error {
	target, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("dial: %w", err)
	}
	return g.check(target.Addr())
}
