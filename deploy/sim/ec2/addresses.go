package ec2

import (
	"encoding/binary"
	"net/netip"
)

// reserved addresses at the start of a network, as in a VPC subnet.
const reserved = 4

// takePrivate returns an address that no other instance has.
func (s *Server) takePrivate() (string, error) {
	return s.take(s.cfg.private, &s.st.NextPrivate, func(i *instance) string { return i.PrivateIP })
}

// takePublic returns an address that no instance has and, until the network is
// used up, that none had before.
func (s *Server) takePublic() (string, error) {
	return s.take(s.cfg.public, &s.st.NextPublic, func(i *instance) string { return i.PublicIP })
}

func (s *Server) take(net netip.Prefix, next *uint32, of func(*instance) string) (string, error) {
	used := make(map[string]bool, len(s.st.Instances))
	for _, i := range s.st.Instances {
		used[of(i)] = true
	}
	usable := uint32(1)<<(32-net.Bits()) - reserved - 1 // the last one is the broadcast
	for range usable {
		ip := nth(net, reserved+*next%usable)
		*next++
		if !used[ip] {
			return ip, nil
		}
	}
	return "", badRequest("InsufficientFreeAddressesInSubnet", "No free address in %s", net)
}

func nth(net netip.Prefix, n uint32) string {
	base := net.Addr().As4()
	var raw [4]byte
	binary.BigEndian.PutUint32(raw[:], binary.BigEndian.Uint32(base[:])+n)
	return netip.AddrFrom4(raw).String()
}
