package ec2

import (
	"cmp"
	"fmt"
	"net/netip"
)

// Config describes the simulated account. The zero value is usable.
type Config struct {
	// Regions that exist; default us-east-1 and us-west-2.
	Regions []string
	// AccountID owns the images with Owner "self"; default 111122223333.
	AccountID string
	// Images are the machine images; default DefaultImages.
	Images []Image
	// Types are added to the instance types known from the start.
	Types []InstanceType
	// Subnets and SecurityGroups that exist; when empty, every id with the
	// prefix subnet- or sg- is accepted.
	Subnets        []Subnet
	SecurityGroups []string
	// PrivateCIDR and PublicCIDR are the IPv4 networks that addresses come
	// from; default 10.20.0.0/16 and 198.18.0.0/15.
	PrivateCIDR string
	PublicCIDR  string
	// Timings of the life cycle; nil stands for DefaultTimings. Those set by
	// PUT /_sim/timings are kept over a restart and win.
	Timings *Timings
	// Limits per region; zero fields do not limit. Those set by PUT
	// /_sim/limits are kept over a restart and win.
	Limits Limits
	// Seed makes the generated ids differ between two simulators.
	Seed string
}

// Subnet is a subnet in one availability zone. An empty Zone is zone "a" of the
// region.
type Subnet struct {
	ID, Region, Zone string
}

// settings is a Config with its defaults filled in and checked.
type settings struct {
	Config
	private, public netip.Prefix
	types           map[string]InstanceType
}

func (c Config) settle() (settings, error) {
	if len(c.Regions) == 0 {
		c.Regions = []string{"us-east-1", "us-west-2"}
	}
	c.AccountID = cmp.Or(c.AccountID, "111122223333")
	if c.Images == nil {
		c.Images = DefaultImages()
	}
	if c.Timings == nil {
		timings := DefaultTimings()
		c.Timings = &timings
	}
	s := settings{Config: c, types: knownTypes()}
	for _, t := range c.Types {
		s.types[t.Name] = t
	}
	var err error
	if s.private, err = network(c.PrivateCIDR, "10.20.0.0/16"); err != nil {
		return s, err
	}
	s.public, err = network(c.PublicCIDR, "198.18.0.0/15")
	return s, err
}

func network(cidr, fallback string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(cmp.Or(cidr, fallback))
	if err != nil {
		return p, fmt.Errorf("ec2 network: %w", err)
	}
	if !p.Addr().Is4() || p.Bits() > 28 {
		return p, fmt.Errorf("ec2 network %s: want IPv4 of at least 16 addresses", p)
	}
	return p.Masked(), nil
}
