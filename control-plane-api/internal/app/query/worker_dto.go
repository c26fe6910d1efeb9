package query

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/resource"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// WorkerDTO is a worker as people see it at an instant; what is allocated derives from the entries whose window holds then.
func WorkerDTO(w *worker.Worker, version int64, now time.Time, margin time.Duration) api.Worker {
	limits := w.Limits()
	dto := api.Worker{
		ID: w.ID, Name: w.Name, AWSRegion: w.AWSRegion, AWSInstanceID: w.EC2InstanceID, InstanceType: w.InstanceType,
		TemplateName: w.TemplateName, StateVersion: version, CreatedBy: w.CreatedBy, Status: w.Status, DesiredStatus: w.DesiredStatus,
		ServiceStatus: w.ServiceStatus, Placeable: w.Placeable, NotPlaceable: w.NotPlaceable, AMIID: w.AMIID, AMIName: w.AMIName,
		HTTPSEndpoint: w.HTTPSEndpoint, PublicIP: w.PublicIP, PrivateIP: w.PrivateIP, LicenseStatus: w.License.Status,
		LicenseType: w.License.Type, LicenseOperation: string(w.License.PendingOperation), CMLLicenseInfo: w.License.Info, CMLVersion: w.CML.Version,
		CMLReady: w.CML.Ready, CMLLastSyncedAt: w.CML.SeenAt, DeclaredCapacity: w.DeclaredCapacity,
		AllocatedCapacity: w.Book.Allocated(now, margin), AvailableCapacity: w.Book.Available(limits, now, margin),
		InstanceIDs: []string{}, PortAllocations: []api.PortAllocation{}, Bookings: len(w.Book.Entries),
		Conditions: nonNil(w.Conditions), Finalizers: nonNil(w.Finalizers), CreatedAt: w.CreatedAt, UpdatedAt: w.UpdatedAt,
		TerminatedAt: w.TerminatedAt, TerminatedBy: w.TerminatedBy,
	}
	for _, entry := range w.Book.Entries {
		if entry.Holder.InstanceID != "" && entry.Occupies(now, margin).Contains(now) {
			dto.InstanceIDs = append(dto.InstanceIDs, entry.Holder.InstanceID)
		}
	}
	for _, allocation := range w.Book.PortAllocations(now) {
		dto.AllocatedPortCount += len(allocation.Ports)
		dto.PortAllocations = append(dto.PortAllocations, api.PortAllocation{InstanceID: allocation.Holder.InstanceID, Ports: allocation.Ports})
	}
	dto.AvailablePortCount = max(0, portRange(w).Size()-len(w.QuarantinedPorts)-dto.AllocatedPortCount)
	return dto
}

func portRange(w *worker.Worker) resource.PortRange {
	if w.PortRange == (resource.PortRange{}) {
		return resource.DefaultPortRange()
	}
	return w.PortRange
}

func minutes(n float64) time.Duration { return time.Duration(n * float64(time.Minute)) }
