package kit

import (
	"fmt"
	"log/slog"
	"time"
)

// Kit is what one simulator works with.
type Kit struct {
	Clock  *Clock
	Disk   *Disk
	Faults *Faults
	Log    *slog.Logger
}

const (
	clockDoc  = "kit-clock"
	faultsDoc = "kit-faults"
)

// New opens the kit of a folder ("" keeps nothing) with the clock settings and
// fault rules kept there. From then on each change of either is kept. A nil log
// discards.
func New(dir string, log *slog.Logger) (*Kit, error) {
	disk, err := OpenDisk(dir)
	if err != nil {
		return nil, err
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	k := &Kit{Clock: NewClock(), Disk: disk, Log: log}
	var kept ClockState
	found, err := disk.Load(clockDoc, &kept)
	if err != nil {
		return nil, fmt.Errorf("clock: %w", err)
	}
	if found {
		k.Clock.SetRate(kept.Rate)
		k.Clock.setOffset(time.Duration(kept.OffsetMS) * time.Millisecond)
	}
	k.Clock.keep = func(s ClockState) { k.save(clockDoc, s) }
	return k, k.loadFaults()
}

// Sub returns the kit of one simulator: it shares the clock and has its own
// faults and disk folder.
func (k *Kit) Sub(name string) (*Kit, error) {
	disk, err := k.Disk.Sub(name)
	if err != nil {
		return nil, err
	}
	sub := &Kit{Clock: k.Clock, Disk: disk, Log: k.Log.With("sim", name)}
	return sub, sub.loadFaults()
}

func (k *Kit) loadFaults() error {
	k.Faults = NewFaults()
	var states []RuleState
	if _, err := k.Disk.Load(faultsDoc, &states); err != nil {
		return fmt.Errorf("faults: %w", err)
	}
	k.Faults.restore(states)
	k.Faults.keep = func(s []RuleState) { k.save(faultsDoc, s) }
	return nil
}

// save logs a failure only: a fault rule or clock rate lost with the disk does
// not change what a simulator answers before its next start.
func (k *Kit) save(name string, v any) {
	if err := k.Disk.Save(name, v); err != nil {
		k.Log.Error("simulator settings not kept", "document", name, "error", err)
	}
}
