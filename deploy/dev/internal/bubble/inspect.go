package bubble

import (
	"net/http"
	"strings"
)

// Machine is an EC2 instance.
type Machine struct {
	ID    string            `json:"id"`
	State string            `json:"state"`
	Tags  map[string]string `json:"tags"`
}

// Machines lists all machines that ever were.
func (p *Plane) Machines() ([]Machine, error) {
	var state struct {
		Instances []Machine `json:"instances"`
	}
	return state.Instances, p.outside.control(http.MethodGet, hostEC2, "/_sim/state", nil, &state)
}

// Lab is a lab on a machine.
type Lab struct {
	Machine, Title string
}

// Labs lists the labs of all machines.
func (p *Plane) Labs() ([]Lab, error) {
	var state struct {
		Machines []struct {
			ID   string `json:"id"`
			Labs []struct {
				Title string `json:"title"`
			} `json:"labs"`
		} `json:"machines"`
	}
	err := p.outside.control(http.MethodGet, "", "/_sim/state", nil, &state)
	var all []Lab
	for _, m := range state.Machines {
		for _, lab := range m.Labs {
			all = append(all, Lab{Machine: m.ID, Title: lab.Title})
		}
	}
	return all, err
}

// Seats lists who holds seats of the licences.
func (p *Plane) Seats() ([]string, error) {
	var state struct {
		Pools []struct {
			Holders []string `json:"holders"`
		} `json:"pools"`
	}
	err := p.outside.control(http.MethodGet, "", "/_sim/licenses", nil, &state)
	var all []string
	for _, pool := range state.Pools {
		all = append(all, pool.Holders...)
	}
	return all, err
}

// Session is a session of LDS. Owner is the auth_id that it was booked with.
type Session struct {
	ID, State, Owner string
}

// Open reports whether the session has not been released.
func (s Session) Open() bool { return !strings.HasSuffix(s.State, "FINALIZED") }

// Sessions lists all sessions that ever were.
func (p *Plane) Sessions() ([]Session, error) {
	var state struct {
		Sessions []struct {
			State  string `json:"state"`
			Record struct {
				ID      string         `json:"id"`
				Booking map[string]any `json:"booking"`
			} `json:"record"`
		} `json:"sessions"`
	}
	err := p.outside.control(http.MethodGet, hostLDS, "/_sim/state", nil, &state)
	var all []Session
	for _, s := range state.Sessions {
		owner, _ := s.Record.Booking["auth_id"].(string)
		all = append(all, Session{ID: s.Record.ID, State: s.State, Owner: owner})
	}
	return all, err
}

// Event is a CloudEvent, as far as its place in the order needs it.
type Event struct {
	ID      string `json:"id"`
	Subject string `json:"subject"`
}

// Events lists what the sink took, in the order of arrival.
func (p *Plane) Events() ([]Event, error) {
	var state struct {
		Events []struct {
			Event Event `json:"event"`
		} `json:"events"`
	}
	err := p.outside.control(http.MethodGet, hostSink, "/_sim/events", nil, &state)
	all := make([]Event, 0, len(state.Events))
	for _, e := range state.Events {
		all = append(all, e.Event)
	}
	return all, err
}
