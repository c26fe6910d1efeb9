package ec2

import (
	"maps"
	"net"
	"time"
)

// Machine is a running instance as other simulators see it.
type Machine struct {
	ID, Region, PrivateIP, PublicIP, State string
	// BootedAt is when it last became running, by the simulated clock.
	BootedAt              time.Time
	Tags                  map[string]string
	InstanceType, ImageID string
}

// MachineByAddress finds the running instance that has the private or public
// address; a port after the address is ignored. A changed state that cannot be
// kept on disk makes it answer false.
func (s *Server) MachineByAddress(host string) (Machine, bool) {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	var m Machine
	found := false
	err := s.read(func() error {
		for _, i := range s.st.Instances {
			if i.State == running && host != "" && (i.PrivateIP == host || i.PublicIP == host) {
				m, found = machine(i), true
				break
			}
		}
		return nil
	})
	return m, found && err == nil
}

func machine(i *instance) Machine {
	return Machine{
		ID: i.ID, Region: i.Region, PrivateIP: i.PrivateIP, PublicIP: i.PublicIP, State: i.State,
		BootedAt: i.BootedAt, Tags: maps.Clone(i.Tags), InstanceType: i.InstanceType, ImageID: i.ImageID,
	}
}
