package demo

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

// Lab is a lab that a simulated CML holds.
type Lab struct {
	Machine string
	ID      string `json:"id"`
	Title   string `json:"title"`
	State   string `json:"state"`
}

// Labs lists all labs of all machines that EC2 still has; a terminated one took its labs along.
func (o *Outside) Labs(ctx context.Context) ([]Lab, error) {
	var state struct {
		Machines []struct {
			ID   string `json:"id"`
			Labs []Lab  `json:"labs"`
		} `json:"machines"`
	}
	if err := o.Call(ctx, http.MethodGet, "https://"+o.at.CML+"/_sim/state", nil, &state); err != nil {
		return nil, err
	}
	machines, err := o.Machines(ctx)
	if err != nil {
		return nil, err
	}
	gone := map[string]bool{}
	for _, m := range machines {
		gone[m.ID] = m.State == "terminated" || m.State == "shutting-down"
	}
	var labs []Lab
	for _, m := range state.Machines {
		if gone[m.ID] {
			continue
		}
		for _, lab := range m.Labs {
			lab.Machine = m.ID
			labs = append(labs, lab)
		}
	}
	return labs, nil
}

// Session is a session of the simulated LDS.
type Session struct {
	State  string `json:"state"`
	Record struct {
		ID      string         `json:"id"`
		Booking map[string]any `json:"booking"`
	} `json:"record"`
}

// Open reports whether the session has not been released.
func (s Session) Open() bool { return !strings.HasSuffix(s.State, "FINALIZED") }

// Sessions lists all LDS sessions.
func (o *Outside) Sessions(ctx context.Context) ([]Session, error) {
	var state struct {
		Sessions []Session `json:"sessions"`
	}
	err := o.Call(ctx, http.MethodGet, o.at.LDS+"/_sim/state", nil, &state)
	return state.Sessions, err
}

// Machine is an EC2 instance.
type Machine struct {
	ID    string `json:"id"`
	State string `json:"state"`
}

// Machines lists all EC2 instances.
func (o *Outside) Machines(ctx context.Context) ([]Machine, error) {
	var state struct {
		Instances []Machine `json:"instances"`
	}
	err := o.Call(ctx, http.MethodGet, o.at.EC2+"/_sim/state", nil, &state)
	return state.Instances, err
}

// LeftOver lists what an instance has left outside: labs that carry its id in their title and sessions that are open.
func (o *Outside) LeftOver(ctx context.Context, instanceID string) ([]string, error) {
	var left []string
	labs, err := o.Labs(ctx)
	if err != nil {
		return nil, err
	}
	for _, lab := range labs {
		if strings.Contains(lab.Title, instanceID) {
			left = append(left, fmt.Sprintf("lab %s on %s", lab.ID, lab.Machine))
		}
	}
	sessions, err := o.Sessions(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range sessions {
		if auth, _ := s.Record.Booking["auth_id"].(string); s.Open() && strings.Contains(auth, instanceID) {
			left = append(left, "LDS session "+s.Record.ID)
		}
	}
	return left, nil
}
