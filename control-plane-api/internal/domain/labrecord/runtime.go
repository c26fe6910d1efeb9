package labrecord

import (
	"maps"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// EnvironmentCML is the only environment that LCM runs labs in.
const EnvironmentCML = "cml"

// Runtime says where a lab is: in what environment, under which id, and at which address its worker was seen.
type Runtime struct {
	Environment string
	WorkerID    string
	LabID       string
	WorkerIP    string
}

// Runtime is nil until the lab is there, and when nothing of it is left.
func (l *LabRecord) Runtime() *Runtime {
	if l.LabID == "" || l.Terminal() {
		return nil
	}
	return &Runtime{Environment: EnvironmentCML, WorkerID: l.WorkerID, LabID: l.LabID, WorkerIP: l.Facts.WorkerIP}
}

// AllocatePorts takes the ports, by name, that the worker's book holds for the instance that the lab serves. The lab has them until it
// serves the instance no more, however often it is started, stopped and wiped. The same again, none, and a lab that serves nobody are
// no change.
func (l *LabRecord) AllocatePorts(ports map[string]int, act parts.Act) {
	if len(ports) == 0 || l.Bound() == nil || maps.Equal(ports, l.Ports) {
		return
	}
	l.Ports, l.UpdatedAt = maps.Clone(ports), act.At
	l.Raise(EventPortsAllocated, portsAllocated{base: l.base(), AllocatedPorts: l.Ports, AllocatedAt: act.At})
}
