package cml

import (
	"context"
	"net"
	"net/netip"
	"syscall"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// guard decides where connections may go. It looks at the address that is really dialled, after name resolution.
type guard struct {
	allowed   []netip.Prefix
	connectTo string
}

func (g *guard) dial(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	if g.connectTo == "" {
		dialer.ControlContext = g.control(g.allowed)
		return dialer.DialContext(ctx, network, address)
	}
	// The detour is the operator's choice and may lie anywhere; the address that it stands for must still be allowed.
	if host, _, err := net.SplitHostPort(address); err == nil {
		if ip, err := netip.ParseAddr(host); err == nil {
			if err := refused(ip, g.allowed); err != nil {
				return nil, err
			}
		}
	}
	dialer.ControlContext = g.control(nil)
	return dialer.DialContext(ctx, network, g.connectTo)
}

func (g *guard) control(allowed []netip.Prefix) func(context.Context, string, string, syscall.RawConn) error {
	return func(_ context.Context, _, address string, _ syscall.RawConn) error {
		target, err := netip.ParseAddrPort(address)
		if err != nil {
			return addressRefused(address)
		}
		return refused(target.Addr(), allowed)
	}
}

// refused tells why an address may not be called.
func refused(ip netip.Addr, allowed []netip.Prefix) error {
	ip = ip.Unmap().WithZone("")
	if ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.IsUnspecified() || isMetadata(ip) {
		return addressRefused(ip.String())
	}
	if len(allowed) == 0 {
		return nil
	}
	for _, prefix := range allowed {
		if prefix.Contains(ip) {
			return nil
		}
	}
	return addressRefused(ip.String())
}

// isMetadata knows the cloud metadata addresses that are not link-local.
func isMetadata(ip netip.Addr) bool {
	switch ip.String() {
	case "fd00:ec2::254", "fd00:ec2::23", "100.100.100.200", "168.63.129.16":
		return true
	default:
		return false
	}
}

func addressRefused(address string) error {
	return failure.New(failure.Forbidden, CodeAddressRefused, "%s is not in the networks where CML may be", address)
}
