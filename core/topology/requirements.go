package topology

import (
	"github.com/lablet-cloud-manager/lcm/core/resource"
)

const (
	// DefaultCPUOvercommit is how many vCPU of nodes share one of the worker's.
	DefaultCPUOvercommit = 8
	// DefaultStorageGB is the least storage that a lab counts for: most files do not say what their disks take.
	DefaultStorageGB = 20
)

// Requirements estimates what the lab takes of a worker: the sum of cpus and ram, what the file leaves open from the
// table, vCPU divided by cpuOvercommit (less than 1 stands for the default), all rounded up. Disks count by what the
// file says, DefaultStorageGB at least.
func (t *Topology) Requirements(table Table, cpuOvercommit int) resource.Requirements {
	if cpuOvercommit < 1 {
		cpuOvercommit = DefaultCPUOvercommit
	}
	cpus, ram, disk := 0, 0, 0
	for i := range t.Nodes {
		node := &t.Nodes[i]
		definition := table.Lookup(node.NodeDefinition)
		cpus += firstSet(node.CPUs, definition.CPUs)
		ram += firstSet(node.RAM, definition.RAM)
		disk += node.DataVolume + node.BootDiskSize
	}
	return resource.Requirements{
		CPUCores:   max(1, roundUp(cpus, cpuOvercommit)),
		MemoryGB:   max(1, roundUp(ram, 1024)),
		StorageGB:  max(DefaultStorageGB, disk),
		NestedVirt: true,
	}
}

func firstSet(a, b int) int {
	if a > 0 {
		return a
	}
	return b
}

func roundUp(amount, unit int) int { return (amount + unit - 1) / unit }
