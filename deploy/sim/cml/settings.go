package cml

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/labs"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/system"
)

const defaultTokenTTL = 24 * time.Hour

func (s *Server) systemSettings() system.Settings {
	now := s.present.Load()
	ttl := now.Timings.TokenTTL.Duration()
	if ttl == 0 {
		ttl = defaultTokenTTL
	}
	return system.Settings{
		Username: s.cfg.Username, Password: s.cfg.Password, Version: now.Settings.Version, TokenTTL: ttl,
		Registration: now.Timings.Register.Duration(), UnlicensedNodes: now.Settings.UnlicensedNodes,
		NodeLimits: now.Settings.NodeLimits, CPUs: now.Settings.CPUs, MemoryBytes: now.Settings.MemoryBytes,
		DiskBytes: now.Settings.DiskBytes, TelemetryKept: now.Settings.TelemetryKept,
	}
}

func (s *Server) labSettings() labs.Settings {
	now := s.present.Load()
	return labs.Settings{
		Queue: now.Timings.NodeQueue.Duration(), Boot: now.Timings.NodeBoot.Duration(), Stop: now.Timings.NodeStop.Duration(),
		Ports: now.Settings.Ports, Stuck: now.Settings.StuckLabels,
	}
}

// change replaces timings or settings and keeps them.
func (s *Server) change(edit func(*kept) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := *s.present.Load()
	if err := edit(&next); err != nil {
		return err
	}
	if err := next.validate(); err != nil {
		return err
	}
	if err := s.kit.Disk.Save(settingsDoc, next); err != nil {
		return err
	}
	s.present.Store(&next)
	return nil
}
