package topology

import (
	"slices"
	"strconv"
	"strings"
)

// Services lists the words that make a tag a port tag.
func Services() []string { return []string{"serial", "vnc", "ssh", "telnet", "tcp", "http", "https"} }

// PortTag is a node tag that asks for a port: serial:5041, vnc: (no number yet), or the older port:serial:5041.
type PortTag struct {
	// Service is the word before the colon.
	Service string
	// Number is 0 where the tag has none.
	Number int
}

// String is the tag as CML reads it.
func (p PortTag) String() string { return p.Service + ":" + strconv.Itoa(p.Number) }

// ParseTag reads a port tag; ok is false for every other tag, CML's own pat:… and serial:port:line forms among them.
func ParseTag(tag string) (port PortTag, ok bool) {
	service, number, found := strings.Cut(strings.TrimPrefix(tag, "port:"), ":")
	if !found || !slices.Contains(Services(), service) {
		return PortTag{}, false
	}
	if number == "" {
		return PortTag{Service: service}, true
	}
	value, err := strconv.ParseUint(number, 10, 16)
	if err != nil {
		return PortTag{}, false
	}
	return PortTag{Service: service, Number: int(value)}, true
}
