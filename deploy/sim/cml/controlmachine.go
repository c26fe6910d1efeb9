package cml

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/labs"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/system"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// control changes a machine, whose lock is held. A nil view is answered 204.
type control func(m *machine, r *http.Request) (view any, err error)

func (s *Server) onMachine(do control) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		view, err := s.controlMachine(do, r)
		var refused *wire.Error
		switch {
		case errors.As(err, &refused):
			kit.WriteError(w, refused.Code, errors.New(refused.Description))
		case err != nil:
			kit.WriteError(w, http.StatusInternalServerError, err)
		case view == nil:
			w.WriteHeader(http.StatusNoContent)
		default:
			kit.WriteJSON(w, http.StatusOK, view)
		}
	}
}

func (s *Server) controlMachine(do control, r *http.Request) (view any, err error) {
	m, err := s.named(wire.Param(r, "machine"))
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer func() { err = errors.Join(err, m.close()) }()
	return do(m, r)
}

// named finds a machine by address or id; an id must have been seen before.
func (s *Server) named(name string) (*machine, error) {
	if id, up, _ := s.locate(name); up {
		return s.machine(id)
	}
	s.mu.Lock()
	known := slices.Contains(s.known, name)
	s.mu.Unlock()
	if !known {
		return nil, wire.NotFound("Machine", name)
	}
	return s.machine(name)
}

// reboot stops all nodes and makes the machine boot from now on.
func reboot(m *machine, _ *http.Request) (any, error) {
	now := m.server.kit.Clock.Now()
	m.power = power{Since: now, Rebooted: now}
	m.labs.PowerLoss(now)
	return nil, m.disk.Save(powerDoc, m.power)
}

func invalidateTokens(m *machine, _ *http.Request) (any, error) {
	m.system.InvalidateTokens()
	return nil, nil
}

func forceLicense(m *machine, r *http.Request) (any, error) {
	var in system.LicenseControl
	if err := kit.DecodeJSON(r, controlBody, &in); err != nil {
		return nil, wire.BadRequest("%v", err)
	}
	m.system.ForceLicense(in)
	return nil, nil
}

// addTelemetry records something that a person at the machine did. Without a
// timestamp it happens now.
func addTelemetry(m *machine, r *http.Request) (any, error) {
	var in struct {
		Category  string         `json:"category"`
		Timestamp *time.Time     `json:"timestamp"`
		Data      map[string]any `json:"data"`
	}
	if err := kit.DecodeJSON(r, controlBody, &in); err != nil {
		return nil, wire.BadRequest("%v", err)
	}
	if in.Category == "" {
		return nil, wire.BadRequest("category is missing")
	}
	event := system.Event{Category: in.Category, Timestamp: m.server.kit.Clock.Now(), Data: map[string]any{}}
	if in.Timestamp != nil {
		event.Timestamp = *in.Timestamp
	}
	if in.Data != nil {
		event.Data = in.Data
	}
	m.system.Record(event)
	return nil, nil
}

func occupyPort(m *machine, r *http.Request) (any, error) { return nil, m.occupy(r, true) }

func freePort(m *machine, r *http.Request) (any, error) { return nil, m.occupy(r, false) }

func (m *machine) occupy(r *http.Request, on bool) error {
	port, err := strconv.Atoi(wire.Param(r, "port"))
	if err != nil || port < 1 || port > 65535 {
		return wire.BadRequest("not a port")
	}
	m.labs.Occupy(port, on)
	return nil
}

func deleteLabByHand(m *machine, r *http.Request) (any, error) {
	return nil, m.labs.DeleteByHand(wire.Param(r, "lab"))
}

func stickNode(m *machine, r *http.Request) (any, error) {
	return nil, m.labs.Stick(wire.Param(r, "lab"), wire.Param(r, "node"), true)
}

func freeNode(m *machine, r *http.Request) (any, error) {
	return nil, m.labs.Stick(wire.Param(r, "lab"), wire.Param(r, "node"), false)
}

// state is what the state dump shows of a machine.
type state struct {
	ID       string       `json:"id"`
	Since    time.Time    `json:"since"`
	Ready    bool         `json:"ready"`
	License  system.State `json:"license"`
	Usage    system.Usage `json:"usage"`
	Occupied []int        `json:"occupied_ports"`
	Labs     []labs.State `json:"labs"`
}

func machineState(m *machine, _ *http.Request) (any, error) {
	occupied := m.labs.Occupied()
	slices.Sort(occupied)
	return state{
		ID: m.id, Since: m.power.Since, Ready: m.ready(), License: m.system.State(),
		Usage: m.labs.Usage(), Occupied: occupied, Labs: m.labs.States(),
	}, nil
}

// getState answers all machines that were ever spoken to.
func (s *Server) getState(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	known := slices.Clone(s.known)
	s.mu.Unlock()
	machines := []any{}
	for _, id := range known {
		m, err := s.machine(id)
		if err != nil {
			kit.WriteError(w, http.StatusInternalServerError, err)
			return
		}
		m.mu.Lock()
		view, err := machineState(m, r)
		m.mu.Unlock()
		if err != nil {
			kit.WriteError(w, http.StatusInternalServerError, err)
			return
		}
		machines = append(machines, view)
	}
	kit.WriteJSON(w, http.StatusOK, map[string]any{"machines": machines, "licenses": s.pools.View()})
}
