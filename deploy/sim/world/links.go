package world

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/ec2"
)

// machines tells CML which EC2 machine answers at an address.
type machines struct{ ec2 *ec2.Server }

func (m machines) Host(address string) (string, bool, time.Time) {
	found, up := m.ec2.MachineByAddress(address)
	return found.ID, up, found.BootedAt
}
