package egress

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// Rules say what a user's URL may be. The zero value is for production.
type Rules struct {
	// Local also takes http and the addresses of this machine. For development only.
	Local bool
}

// maxURL is the most bytes of a URL.
const maxURL = 1024

// Check refuses a URL that is not https://host with a name or address of the public internet (bad_webhook_url). What a name
// resolves to is looked at only when it is called. No error repeats the URL, since it may hold a token.
func (r Rules) Check(raw string) error {
	if len(raw) > maxURL {
		return badURL("it is longer than %d characters", maxURL)
	}
	u, err := url.Parse(raw)
	if err != nil || u.Opaque != "" || u.Host == "" {
		return badURL("it is no absolute URL")
	}
	if u.Scheme != "https" && (!r.Local || u.Scheme != "http") {
		return badURL("it must begin with https://")
	}
	if u.User != nil || u.Fragment != "" {
		return badURL("it must have no user and no fragment")
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return badURL("its port is none")
		}
	}
	return r.checkHost(u.Hostname())
}

func (r Rules) checkHost(host string) error {
	if ip, err := netip.ParseAddr(host); err == nil {
		if newGuard(r.Local).check(ip) != nil {
			return badURL("its address is not of the public internet")
		}
		return nil
	}
	name := strings.TrimSuffix(strings.ToLower(host), ".")
	if r.Local && name == "localhost" {
		return nil
	}
	return checkName(name)
}

// checkName takes names of the public DNS. A name whose last label is a number is how some resolvers write an address: in
// decimal, octal or hex, and with fewer than four parts.
func checkName(name string) error {
	labels := strings.Split(name, ".")
	if len(labels) < 2 || len(name) > 253 {
		return badURL("its host is no full name")
	}
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return badURL("its host is no name of the DNS")
		}
	}
	last := labels[len(labels)-1]
	if last[0] >= '0' && last[0] <= '9' {
		return badURL("its host is a number in disguise")
	}
	for _, inner := range []string{"localhost", "local", "internal", "lan", "home", "corp", "localdomain", "home.arpa", "test", "invalid"} {
		if name == inner || strings.HasSuffix(name, "."+inner) {
			return badURL("its host is a name of an inner network")
		}
	}
	return nil
}

func badURL(why string, args ...any) error {
	return failure.New(failure.Invalid, CodeBadURL, "The webhook's URL cannot be used: "+why+".", args...)
}
