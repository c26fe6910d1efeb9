package worker

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/resource"
	"github.com/lablet-cloud-manager/lcm/core/secret"
)

const (
	cmlBootTime  = 40 * time.Second
	registerTime = 10 * time.Second
	goodToken    = "token-of-the-pool"
)

// fakeCML is the CML on every machine of a fakeEC2, with the licence server behind it.
type fakeCML struct {
	fuse *fuse
	now  func() time.Time
	ec2  *fakeEC2
	// seats are the machines that hold a seat, taken counts how often one was taken.
	seats map[string]bool
	taken int
	posts int
	// states are the licence states by machine.
	states map[string]*fakeLicense
	nodes  int
	// outcome of a registration, empty for success; unauthorized keeps it out of compliance; local keeps the seat on return.
	failure      string
	unauthorized bool
	local        bool
	never        bool
}

type fakeLicense struct {
	status  string
	at      time.Time
	failure string
}

type cmlClient struct {
	*fakeCML
	contact Contact
}

func (c *fakeCML) connect(contact Contact) (CML, error) { return cmlClient{c, contact}, nil }

func (c cmlClient) machine() (*fakeMachine, error) {
	c.ec2.settle()
	for _, m := range c.ec2.machines {
		if m.State == MachineRunning && (c.contact.Address == m.PublicIP || c.contact.Address == m.PrivateIP) {
			if c.contact.Pin == "" {
				if err := c.contact.FirstContact("pin-of-" + m.ID); err != nil {
					return nil, failure.Wrap(err, failure.Unavailable, "cml_unavailable", "not pinned")
				}
			} else if c.contact.Pin != "pin-of-"+m.ID {
				return nil, failure.New(failure.Conflict, "cml_certificate_changed", "another certificate")
			}
			return m, nil
		}
	}
	return nil, failure.New(failure.Unavailable, "cml_unavailable", "CML cannot be reached.")
}

func (c cmlClient) license() (*fakeLicense, string, error) {
	m, err := c.machine()
	if err != nil {
		return nil, "", err
	}
	if c.states[m.ID] == nil {
		c.states[m.ID] = &fakeLicense{status: "NOT_REGISTERED"}
	}
	l := c.states[m.ID]
	if l.status == "IN_PROGRESS" && c.now().Sub(l.at) >= registerTime {
		l.status = "COMPLETED"
		if l.failure != "" {
			l.status = "FAILED"
		}
	}
	return l, m.ID, nil
}

func (c cmlClient) Information(ctxt) (Information, error) {
	return through(c.fuse, "Information", func() (Information, error) {
		m, err := c.machine()
		if err != nil {
			return Information{}, err
		}
		return Information{Version: "2.9.1+build.3", Ready: !c.never && c.now().Sub(m.since) >= cmlBootTime}, nil
	})
}

func (c cmlClient) Usage(ctxt) (Usage, error) {
	return through(c.fuse, "Usage", func() (Usage, error) {
		_, err := c.machine()
		return Usage{RunningNodes: c.nodes, Capacity: resource.Capacity{CPUCores: 8, MemoryGB: 32, StorageGB: 100}}, err
	})
}

func (c cmlClient) NodeDefinitions(ctxt) ([]string, error) {
	return through(c.fuse, "NodeDefinitions", func() ([]string, error) { return []string{"iosv"}, nil })
}

func (c cmlClient) ImageDefinitions(ctxt) ([]string, error) {
	return through(c.fuse, "ImageDefinitions", func() ([]string, error) { return []string{"iosv-1"}, nil })
}

func (c cmlClient) License(ctxt) (License, error) {
	return through(c.fuse, "License", func() (License, error) {
		l, _, err := c.license()
		if err != nil {
			return License{}, err
		}
		seen := License{CMLLicenseInfo: api.CMLLicenseInfo{RegistrationStatus: l.status, AuthorizationStatus: "OUT_OF_COMPLIANCE"}}
		if l.status == "FAILED" {
			seen.Failure = l.failure
		}
		if seen.Registered() && !c.unauthorized {
			seen.AuthorizationStatus = "IN_COMPLIANCE"
		}
		return seen, nil
	})
}

func (c cmlClient) Register(_ ctxt, token secret.String, again bool) error {
	return c.fuse.call("Register", func() error {
		l, id, err := c.license()
		switch {
		case err != nil:
			return err
		case l.status == "IN_PROGRESS":
			return failure.New(failure.Conflict, "cml_conflict", "in progress")
		case l.status == "COMPLETED" && !again:
			return failure.New(failure.Invalid, "cml_invalid", "registered already")
		}
		c.posts++
		*l = fakeLicense{status: "IN_PROGRESS", at: c.now(), failure: c.failure}
		if token.Reveal() != goodToken {
			l.failure = "bad token"
		}
		if l.failure == "" && !c.seats[id] {
			c.seats[id] = true
			c.taken++
		}
		return nil
	})
}

func (c cmlClient) Deregister(ctxt) (Deregistered, error) {
	return through(c.fuse, "Deregister", func() (Deregistered, error) {
		l, id, err := c.license()
		switch {
		case err != nil:
			return 0, err
		case l.status == "IN_PROGRESS":
			return 0, failure.New(failure.Conflict, "cml_conflict", "in progress")
		case l.status != "COMPLETED":
			return NotRegistered, nil
		case c.nodes > 0:
			return 0, failure.New(failure.Conflict, "cml_conflict", "Cannot deregister while nodes are running.")
		}
		*l = fakeLicense{status: "NOT_REGISTERED"}
		if c.local {
			return SeatKept, nil
		}
		delete(c.seats, id)
		return SeatReturned, nil
	})
}
