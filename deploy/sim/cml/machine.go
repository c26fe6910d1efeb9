package cml

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/labs"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/system"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// machine is one simulated machine.
type machine struct {
	id     string
	server *Server
	disk   *kit.Disk

	mu     sync.Mutex // guards what follows
	system *system.System
	labs   *labs.Set
	power  power
}

// power is when the machine last came up.
type power struct {
	Since time.Time `json:"since"`
	// Rebooted is when control last rebooted it.
	Rebooted time.Time `json:"rebooted"`
}

const powerDoc = "power"

// machine returns the machine of an id, with its kept state on first use.
func (s *Server) machine(id string) (*machine, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m, ok := s.machines[id]; ok {
		return m, nil
	}
	m, err := s.loadMachine(id)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(s.known, id) {
		known := append(slices.Clone(s.known), id)
		if err := s.kit.Disk.Save(machinesDoc, known); err != nil {
			return nil, err
		}
		s.known = known
	}
	s.machines[id] = m
	return m, nil
}

func (s *Server) loadMachine(id string) (*machine, error) {
	disk, err := s.kit.Disk.Sub(folder(id))
	if err != nil {
		return nil, err
	}
	m := &machine{id: id, server: s, disk: disk}
	if _, err := disk.Load(powerDoc, &m.power); err != nil {
		return nil, err
	}
	m.system, err = system.Load(system.Env{
		Machine: id, Clock: s.kit.Clock, Disk: disk, Catalog: s.catalog, Pools: s.pools,
		Secret: s.secret, Settings: s.systemSettings, Ready: m.ready,
	})
	if err != nil {
		return nil, err
	}
	m.labs, err = labs.Load(labs.Env{
		Machine: id, Username: s.cfg.Username, Clock: s.kit.Clock, Disk: disk, Catalog: s.catalog,
		Settings: s.labSettings, Ready: m.ready, NodeLimit: m.system.NodeLimit, Record: m.system.Record,
	})
	if err != nil {
		return nil, err
	}
	m.system.SetLabs(m.labs)
	return m, nil
}

var plainID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)

// folder is the name of a machine's folder; an IPv6 address is no file name.
func folder(id string) string {
	if plainID.MatchString(id) {
		return "machine-" + id
	}
	sum := sha256.Sum256([]byte(id))
	return "machine-" + hex.EncodeToString(sum[:16])
}

// observe notices that the machine came up since it was last seen: the nodes that
// ran before are stopped.
func (m *machine) observe(since time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.power.Rebooted.After(since) {
		since = m.power.Rebooted
	}
	if !since.After(m.power.Since) {
		return nil
	}
	m.power.Since = since
	m.labs.PowerLoss(since)
	if err := m.flush(); err != nil {
		return fmt.Errorf("save state: %w", err)
	}
	return m.disk.Save(powerDoc, m.power)
}

// answers tells whether the backend has started.
func (m *machine) answers() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.up() >= m.server.present.Load().Timings.Backend.Duration()
}

// ready tells whether nodes can be started. The lock is held.
func (m *machine) ready() bool {
	return m.up() >= m.server.present.Load().Timings.Boot.Duration()
}

func (m *machine) up() time.Duration { return m.server.kit.Clock.Elapsed(m.power.Since) }

// close saves what changed and gives the lock back.
func (m *machine) close() error {
	defer m.mu.Unlock()
	return m.flush()
}

func (m *machine) flush() error { return errors.Join(m.labs.Flush(), m.system.Flush()) }
