package worker

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// MachineState is what EC2 says of a machine, in EC2's words.
type MachineState string

// The states of a machine.
const (
	MachinePending      MachineState = "pending"
	MachineRunning      MachineState = "running"
	MachineStopping     MachineState = "stopping"
	MachineStopped      MachineState = "stopped"
	MachineShuttingDown MachineState = "shutting-down"
	MachineTerminated   MachineState = "terminated"
)

// Machine is an EC2 instance as far as LCM cares.
type Machine struct {
	ID string
	// WorkerID and Attempt come from the tags that the launch set; empty and 0 where there are none.
	WorkerID string
	Attempt  int
	State    MachineState
	// ReasonCode and Reason tell why EC2 changed the state, such as Server.InsufficientInstanceCapacity; mostly empty.
	ReasonCode   string
	Reason       string
	PublicIP     string
	PrivateIP    string
	InstanceType string
	ImageID      string
	// LaunchedAt is when the machine was launched or last started.
	LaunchedAt time.Time
}

// ending reports whether the machine is gone or on its way out, which nothing stops.
func (m Machine) ending() bool { return m.State == MachineShuttingDown || m.State == MachineTerminated }

// Image is an AMI.
type Image struct {
	ID   string
	Name string
	// RootDiskGB is the least size of the root disk, 0 where EC2 does not tell.
	RootDiskGB int
}

// LaunchOrder is one launch. Everything that EC2 compares under a client token comes from the stored intent, but for
// Tags, which lie beneath the tags that LCM sets.
type LaunchOrder struct {
	Region       string
	WorkerID     string
	WorkerName   string
	TemplateName string
	Launch       readmodel.Launch
	Tags         map[string]string
}

// Region is where machines of a region are put.
type Region struct {
	SecurityGroupIDs []string
	SubnetID         string
	KeyName          string
	DefaultTags      map[string]string
}
