package egress

import (
	"net/netip"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// special are the ranges that are not of the public internet although they lie in its space (the registries of special-purpose
// addresses), and addresses in it at which clouds answer their machines.
func special() []string {
	return []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
		"192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24",
		"203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
		"168.63.129.16/32", // Azure's host
		// 2001::/23 holds Teredo and ORCHID, 2002::/16 is 6to4: both may hide an IPv4 address.
		"2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
	}
}

// global is what of IPv6 is routed at all. Outside lie loopback, link-local, unique local, multicast and site-local addresses,
// and the forms that hold an IPv4 address: compatible, translated (NAT64) and mapped.
const global = "2000::/3"

// guard knows which addresses may be called.
type guard struct {
	refused []netip.Prefix
	global  netip.Prefix
	// local also lets this machine itself be called.
	local bool
}

func newGuard(local bool) guard {
	g := guard{global: netip.MustParsePrefix(global), local: local}
	for _, text := range special() {
		g.refused = append(g.refused, netip.MustParsePrefix(text))
	}
	return g
}

// check refuses an address that is not of the public internet: address_refused.
func (g guard) check(ip netip.Addr) error {
	if ip.Zone() != "" {
		return refuse(ip)
	}
	ip = ip.Unmap()
	if g.local && ip.IsLoopback() {
		return nil
	}
	if !ip.IsValid() || ip.Is6() && (!g.global.Contains(ip) || isatap(ip)) {
		return refuse(ip)
	}
	for _, prefix := range g.refused {
		if prefix.Contains(ip) {
			return refuse(ip)
		}
	}
	return nil
}

// isatap knows the addresses that hold an IPv4 address in their last half (RFC 5214).
func isatap(ip netip.Addr) bool {
	b := ip.As16()
	return b[8]&^0x02 == 0 && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe
}

func refuse(ip netip.Addr) error {
	return failure.New(failure.Forbidden, CodeAddressRefused, "%s is no address of the public internet", ip)
}
