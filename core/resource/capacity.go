// Package resource holds the plain values that describe what a machine offers and what a lab needs.
package resource

// Capacity is what a worker offers or what is taken of it: whole vCPU, GiB, nodes.
type Capacity struct {
	CPUCores  int `json:"cpu_cores"`
	MemoryGB  int `json:"memory_gb"`
	StorageGB int `json:"storage_gb"`
	// MaxNodes is nil where no limit is known.
	MaxNodes *int `json:"max_nodes,omitempty"`
}

// IsZero reports whether nothing is declared.
func (c Capacity) IsZero() bool {
	return c.CPUCores == 0 && c.MemoryGB == 0 && c.StorageGB == 0 && c.MaxNodes == nil
}

// Add sums two capacities. Nodes are unknown only when both are.
func (c Capacity) Add(o Capacity) Capacity {
	return Capacity{
		CPUCores: c.CPUCores + o.CPUCores, MemoryGB: c.MemoryGB + o.MemoryGB, StorageGB: c.StorageGB + o.StorageGB,
		MaxNodes: addNodes(c.MaxNodes, o.MaxNodes),
	}
}

// Subtract takes o away, never below zero. An unknown node limit stays unknown.
func (c Capacity) Subtract(o Capacity) Capacity {
	left := Capacity{
		CPUCores: max(0, c.CPUCores-o.CPUCores), MemoryGB: max(0, c.MemoryGB-o.MemoryGB), StorageGB: max(0, c.StorageGB-o.StorageGB),
	}
	if c.MaxNodes != nil {
		nodes := *c.MaxNodes
		if o.MaxNodes != nil {
			nodes = max(0, nodes-*o.MaxNodes)
		}
		left.MaxNodes = &nodes
	}
	return left
}

// CanFit reports whether o fits. Nodes count only where both sides know them.
func (c Capacity) CanFit(o Capacity) bool {
	if c.MaxNodes != nil && o.MaxNodes != nil && *o.MaxNodes > *c.MaxNodes {
		return false
	}
	return c.CPUCores >= o.CPUCores && c.MemoryGB >= o.MemoryGB && c.StorageGB >= o.StorageGB
}

func addNodes(a, b *int) *int {
	if a == nil && b == nil {
		return nil
	}
	sum := 0
	if a != nil {
		sum += *a
	}
	if b != nil {
		sum += *b
	}
	return &sum
}
