package labs

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/catalog"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/system"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// What happens to a port tag whose port is taken on the machine.
const (
	PortsWarn   = "warn"   // a warning of the import
	PortsRefuse = "refuse" // import and start answer 400
)

// Settings are how labs behave on every machine.
type Settings struct {
	// Queue is how long a node is QUEUED, Boot how long it then is STARTED before
	// it is BOOTED, Stop how long it takes to stop.
	Queue, Boot, Stop time.Duration
	// Ports is PortsWarn or PortsRefuse.
	Ports string
	// Stuck names nodes that never get past STARTED, by label.
	Stuck []string
}

// Env is what a Set works with.
type Env struct {
	Machine string
	// Username owns all labs.
	Username string
	Clock    *kit.Clock
	Disk     *kit.Disk
	Catalog  *catalog.Catalog
	// Settings returns the present settings.
	Settings func() Settings
	// Ready tells whether the machine's compute host can start nodes.
	Ready func() bool
	// NodeLimit is how many nodes may run by the machine's licence.
	NodeLimit func() int
	// Record keeps telemetry.
	Record func(...system.Event)
}

// Set is all labs of one machine. Its user holds the machine's lock.
type Set struct {
	env      Env
	labs     []*Lab
	occupied map[int]bool
	dirty    map[*Lab]bool
	reindex  bool
}

// index is what is kept besides one document for each lab.
type index struct {
	Slots    []int `json:"slots"`
	Occupied []int `json:"occupied,omitempty"`
}

const indexDoc = "labs"

// Load opens the kept labs of a machine.
func Load(env Env) (*Set, error) {
	s := &Set{env: env, occupied: map[int]bool{}, dirty: map[*Lab]bool{}}
	var kept index
	if _, err := env.Disk.Load(indexDoc, &kept); err != nil {
		return nil, fmt.Errorf("labs of machine %s: %w", env.Machine, err)
	}
	for _, port := range kept.Occupied {
		s.occupied[port] = true
	}
	for _, slot := range kept.Slots {
		lab := &Lab{}
		if _, err := env.Disk.Load(slotDoc(slot), lab); err != nil {
			return nil, fmt.Errorf("labs of machine %s: %w", env.Machine, err)
		}
		lab.slot = slot
		s.labs = append(s.labs, lab)
	}
	return s, nil
}

// Flush saves what changed: first the labs, then the list of them, so that the
// list never names a lab that is not there.
func (s *Set) Flush() error {
	for lab := range s.dirty {
		if err := s.env.Disk.Save(slotDoc(lab.slot), lab); err != nil {
			return err
		}
		delete(s.dirty, lab)
	}
	if !s.reindex {
		return nil
	}
	var kept index
	for _, lab := range s.labs {
		kept.Slots = append(kept.Slots, lab.slot)
	}
	for port := range s.occupied {
		kept.Occupied = append(kept.Occupied, port)
	}
	if err := s.env.Disk.Save(indexDoc, kept); err != nil {
		return err
	}
	s.reindex = false
	return nil
}

func (s *Set) add(lab *Lab) {
	used := map[int]bool{}
	for _, other := range s.labs {
		used[other.slot] = true
	}
	for used[lab.slot] {
		lab.slot++
	}
	s.labs = append(s.labs, lab)
	s.dirty[lab] = true
	s.reindex = true
}

func (s *Set) remove(lab *Lab) {
	s.labs = slices.DeleteFunc(s.labs, func(l *Lab) bool { return l == lab })
	delete(s.dirty, lab)
	s.reindex = true
}

// save marks a lab as changed, touch also as edited.
func (s *Set) save(lab *Lab) { s.dirty[lab] = true }

func (s *Set) touch(lab *Lab) {
	lab.Modified = s.env.Clock.Now()
	s.save(lab)
}

func (s *Set) find(id string) (*Lab, error) {
	for _, lab := range s.labs {
		if lab.ID == id {
			return lab, nil
		}
	}
	return nil, wire.NotFound("Lab", id)
}

// slotDoc names a lab's document. Slots are used again, so the folder does not
// grow with the number of labs there ever were.
func slotDoc(slot int) string { return "lab-" + strconv.Itoa(slot) }
