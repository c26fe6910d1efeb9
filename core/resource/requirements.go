package resource

import "fmt"

// Requirements is what one lab needs of a worker: whole vCPU, GiB, and what the worker's CML must be able to do.
type Requirements struct {
	CPUCores        int              `json:"cpu_cores"`
	MemoryGB        int              `json:"memory_gb"`
	StorageGB       int              `json:"storage_gb"`
	NestedVirt      bool             `json:"nested_virt"`
	AMIRequirements []AMIRequirement `json:"ami_requirements,omitempty"`
}

// Capacity gives the amounts without the rest; nodes are counted apart.
func (r Requirements) Capacity(nodes int) Capacity {
	return Capacity{CPUCores: r.CPUCores, MemoryGB: r.MemoryGB, StorageGB: r.StorageGB, MaxNodes: &nodes}
}

// Validate checks the lower bounds.
func (r Requirements) Validate() error {
	if r.CPUCores < 1 || r.MemoryGB < 1 || r.StorageGB < 1 {
		return fmt.Errorf("a lab needs at least 1 vCPU, 1 GiB of memory and 1 GiB of storage, not %d, %d, %d", r.CPUCores, r.MemoryGB, r.StorageGB)
	}
	for _, a := range r.AMIRequirements {
		if err := a.Validate(); err != nil {
			return err
		}
	}
	return nil
}
