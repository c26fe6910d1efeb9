package lifecycle

// WorkerStatus tells where an EC2 machine that runs CML is in its life. It is also the type of the wanted status.
type WorkerStatus string

// The statuses of a worker.
const (
	WorkerPending      WorkerStatus = "pending"
	WorkerProvisioning WorkerStatus = "provisioning"
	WorkerStarting     WorkerStatus = "starting"
	WorkerRunning      WorkerStatus = "running"
	WorkerDraining     WorkerStatus = "draining"
	WorkerStopping     WorkerStatus = "stopping"
	WorkerStopped      WorkerStatus = "stopped"
	WorkerTerminating  WorkerStatus = "terminating"
	WorkerTerminated   WorkerStatus = "terminated"
	WorkerFailed       WorkerStatus = "failed"
	WorkerUnknown      WorkerStatus = "unknown"
)

// WorkerShuttingDown is the older word for terminating: accepted as input, never shown.
const WorkerShuttingDown = "shutting-down"

// Workers is the table of a worker. What EC2 shows wins over it: an unexpected jump is applied, audited and counted.
func Workers() Table[WorkerStatus] {
	return newTable("worker",
		Row[WorkerStatus]{WorkerPending, []WorkerStatus{WorkerProvisioning, WorkerFailed, WorkerTerminated}},
		Row[WorkerStatus]{WorkerProvisioning, []WorkerStatus{WorkerStarting, WorkerRunning, WorkerFailed, WorkerTerminating, WorkerTerminated}},
		Row[WorkerStatus]{WorkerStarting, []WorkerStatus{WorkerRunning, WorkerFailed, WorkerStopping, WorkerTerminating, WorkerTerminated}},
		Row[WorkerStatus]{WorkerRunning, []WorkerStatus{WorkerDraining, WorkerStopping, WorkerTerminating, WorkerTerminated, WorkerFailed}},
		Row[WorkerStatus]{WorkerDraining, []WorkerStatus{WorkerRunning, WorkerStopping, WorkerTerminating, WorkerTerminated, WorkerFailed}},
		Row[WorkerStatus]{WorkerStopping, []WorkerStatus{WorkerStopped, WorkerTerminating, WorkerTerminated, WorkerFailed}},
		Row[WorkerStatus]{WorkerStopped, []WorkerStatus{WorkerStarting, WorkerTerminating, WorkerTerminated}},
		Row[WorkerStatus]{WorkerTerminating, []WorkerStatus{WorkerTerminated}},
		Row[WorkerStatus]{WorkerTerminated, nil},
		Row[WorkerStatus]{WorkerFailed, []WorkerStatus{WorkerPending, WorkerTerminating, WorkerTerminated}},
		Row[WorkerStatus]{WorkerUnknown, []WorkerStatus{
			WorkerPending, WorkerProvisioning, WorkerStarting, WorkerRunning, WorkerDraining, WorkerStopping, WorkerStopped,
			WorkerTerminating, WorkerTerminated, WorkerFailed,
		}},
	)
}

// ParseWorker reads a worker's status, whatever its case, the older word included.
func ParseWorker(text string) (WorkerStatus, error) {
	if equalFold(text, WorkerShuttingDown) {
		return WorkerTerminating, nil
	}
	return Workers().Parse(text)
}

// ServiceStatus tells whether CML on a worker answers.
type ServiceStatus string

// The statuses of the CML service.
const (
	ServiceUnavailable ServiceStatus = "unavailable"
	ServiceStarting    ServiceStatus = "starting"
	ServiceAvailable   ServiceStatus = "available"
	ServiceError       ServiceStatus = "error"
)
