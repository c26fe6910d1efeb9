package httpapi

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

type clientKey struct{}

// clientIP is the address that a request came from, as far as the proxies that are trusted can tell.
func clientIP(ctx context.Context, remote string) string {
	if address, ok := ctx.Value(clientKey{}).(string); ok {
		return address
	}
	return host(remote)
}

// forwardedHops bounds how much of X-Forwarded-For is looked at.
const forwardedHops = 16

// client walks back along X-Forwarded-For while what it meets is a proxy of ours: who stands before the first stranger could
// have been made up by that stranger.
func (l Limits) client(r *http.Request) string {
	address := host(r.RemoteAddr)
	if len(l.Proxies) == 0 {
		return address
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && i >= len(hops)-forwardedHops && l.trusted(address); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			return address
		}
		address = hop.Unmap().String()
	}
	return address
}

func (l Limits) trusted(address string) bool {
	ip, err := netip.ParseAddr(address)
	return err == nil && slices.ContainsFunc(l.Proxies, func(p netip.Prefix) bool { return p.Contains(ip.Unmap()) })
}

// budgetOf names whose budget an address takes from: one customer of IPv6 has 2^64 addresses.
func budgetOf(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil || ip.Is4() {
		return address
	}
	prefix, err := ip.WithZone("").Prefix(64)
	if err != nil {
		return address
	}
	return prefix.String()
}

func host(remote string) string {
	name, _, err := net.SplitHostPort(remote)
	if err != nil {
		return remote
	}
	if ip, err := netip.ParseAddr(name); err == nil {
		return ip.Unmap().String()
	}
	return name
}
