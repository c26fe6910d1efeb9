package booking

import (
	"math"

	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// Limits is what a worker can carry.
type Limits struct {
	// Declared is the capacity of the machine; its MaxNodes, where known, limits nodes too.
	Declared resource.Capacity
	// NodeLimit is how many nodes the licence allows at once, nil where it sets no limit. The smaller limit counts.
	NodeLimit *int
	// Ports is the range that ports are picked from; the zero range stands for resource.DefaultPortRange.
	Ports resource.PortRange
	// Quarantined are port numbers that something foreign occupies: never picked.
	Quarantined []int
}

// Request asks for a part of a worker for a window.
type Request struct {
	Holder       Holder
	Requirements resource.Requirements
	Nodes        int
	// PortNames lists the ports that are wanted, by unique name.
	PortNames []string
	// Window is the whole window, lead and margin included.
	Window resource.Window
	// Idle asks for storage and ports only: a lab that is imported and stays stopped.
	Idle bool
}

// load is an amount of everything that adds up.
type load struct{ cpu, memory, storage, nodes int }

func (l *load) add(o load) {
	l.cpu += o.cpu
	l.memory += o.memory
	l.storage += o.storage
	l.nodes += o.nodes
}

func (l *load) take(o load) {
	l.cpu -= o.cpu
	l.memory -= o.memory
	l.storage -= o.storage
	l.nodes -= o.nodes
}

// excess tells what of l does not fit under limit, empty when all does.
func (l load) excess(limit load) Code {
	switch {
	case l.cpu > limit.cpu:
		return InsufficientCPU
	case l.memory > limit.memory:
		return InsufficientMemory
	case l.storage > limit.storage:
		return InsufficientStorage
	case l.nodes > limit.nodes:
		return InsufficientNodes
	default:
		return ""
	}
}

func loadOf(r resource.Requirements, nodes int, idle bool) load {
	if idle {
		return load{storage: r.StorageGB}
	}
	return load{cpu: r.CPUCores, memory: r.MemoryGB, storage: r.StorageGB, nodes: nodes}
}

func (e *Entry) load() load { return loadOf(e.Requirements, e.Nodes, e.Idle) }

func (r *Request) load() load { return loadOf(r.Requirements, r.Nodes, r.Idle) }

func (l *Limits) load() load {
	limit := load{cpu: l.Declared.CPUCores, memory: l.Declared.MemoryGB, storage: l.Declared.StorageGB, nodes: math.MaxInt}
	if l.Declared.MaxNodes != nil {
		limit.nodes = *l.Declared.MaxNodes
	}
	if l.NodeLimit != nil {
		limit.nodes = min(limit.nodes, *l.NodeLimit)
	}
	return limit
}

func (l *Limits) portRange() resource.PortRange {
	if l.Ports == (resource.PortRange{}) {
		return resource.DefaultPortRange()
	}
	return l.Ports
}
