package worker

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/booking"
)

type instanceAssigned struct {
	base
	InstanceID  string    `json:"instance_id"`
	Attempt     int       `json:"attempt"`
	CPUCores    int       `json:"allocated_cpu_cores"`
	MemoryGB    int       `json:"allocated_memory_gb"`
	StorageGB   int       `json:"allocated_storage_gb"`
	Nodes       int       `json:"allocated_nodes"`
	From        time.Time `json:"from"`
	Until       time.Time `json:"until,omitzero"`
	AssignedAt  time.Time `json:"assigned_at"`
	LabRecordID string    `json:"lab_record_id,omitempty"`
}

type instanceRemoved struct {
	base
	InstanceID  string    `json:"instance_id"`
	Attempt     int       `json:"attempt"`
	CPUCores    int       `json:"released_cpu_cores"`
	MemoryGB    int       `json:"released_memory_gb"`
	StorageGB   int       `json:"released_storage_gb"`
	Nodes       int       `json:"released_nodes"`
	RemovedAt   time.Time `json:"removed_at"`
	LabRecordID string    `json:"lab_record_id,omitempty"`
}

type portsAllocated struct {
	base
	InstanceID  string         `json:"instance_id"`
	Ports       map[string]int `json:"ports"`
	AllocatedAt time.Time      `json:"allocated_at"`
}

type portsReleased struct {
	base
	InstanceID    string    `json:"instance_id"`
	ReleasedPorts []int     `json:"released_ports"`
	ReleasedAt    time.Time `json:"released_at"`
}

type bookingHeld struct {
	base
	InstanceID string    `json:"instance_id"`
	Attempt    int       `json:"attempt"`
	HeldAt     time.Time `json:"held_at"`
}

type bookingExtended struct {
	base
	InstanceID string    `json:"instance_id"`
	Attempt    int       `json:"attempt"`
	Until      time.Time `json:"until"`
	ExtendedAt time.Time `json:"extended_at"`
}

func portMap(ports []booking.Port) map[string]int {
	byName := make(map[string]int, len(ports))
	for _, port := range ports {
		byName[port.Name] = port.Number
	}
	return byName
}

func portNumbers(ports []booking.Port) []int {
	numbers := make([]int, 0, len(ports))
	for _, port := range ports {
		numbers = append(numbers, port.Number)
	}
	return numbers
}
