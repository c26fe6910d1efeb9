package lifecycle

// InstanceStatus tells where a booked lab is in its life.
type InstanceStatus string

// The statuses of an instance, in the order of a life without trouble.
const (
	InstancePending       InstanceStatus = "pending"
	InstanceScheduled     InstanceStatus = "scheduled"
	InstanceInstantiating InstanceStatus = "instantiating"
	InstanceReady         InstanceStatus = "ready"
	InstanceRunning       InstanceStatus = "running"
	InstanceCollecting    InstanceStatus = "collecting"
	InstanceGrading       InstanceStatus = "grading"
	InstanceStopping      InstanceStatus = "stopping"
	InstanceStopped       InstanceStatus = "stopped"
	InstanceArchived      InstanceStatus = "archived"
	InstanceTerminated    InstanceStatus = "terminated"
)

// Instances is the strict table of an instance: what it does not list is refused.
func Instances() Table[InstanceStatus] {
	return newTable("instance",
		Row[InstanceStatus]{InstancePending, []InstanceStatus{InstanceScheduled, InstanceTerminated}},
		Row[InstanceStatus]{InstanceScheduled, []InstanceStatus{InstanceInstantiating, InstancePending, InstanceTerminated}},
		Row[InstanceStatus]{InstanceInstantiating, []InstanceStatus{InstanceReady, InstancePending, InstanceStopping, InstanceTerminated}},
		Row[InstanceStatus]{InstanceReady, []InstanceStatus{InstanceRunning, InstancePending, InstanceStopping, InstanceTerminated}},
		Row[InstanceStatus]{InstanceRunning, []InstanceStatus{InstanceCollecting, InstanceStopping, InstanceTerminated}},
		Row[InstanceStatus]{InstanceCollecting, []InstanceStatus{InstanceGrading, InstanceStopping, InstanceTerminated}},
		Row[InstanceStatus]{InstanceGrading, []InstanceStatus{InstanceStopping, InstanceTerminated}},
		Row[InstanceStatus]{InstanceStopping, []InstanceStatus{InstanceStopped, InstanceTerminated}},
		Row[InstanceStatus]{InstanceStopped, []InstanceStatus{InstanceArchived, InstanceRunning, InstanceTerminated}},
		Row[InstanceStatus]{InstanceArchived, []InstanceStatus{InstanceTerminated}},
		Row[InstanceStatus]{InstanceTerminated, nil},
	)
}

// Active reports whether a candidate's session is under way.
func (s InstanceStatus) Active() bool {
	return s == InstanceRunning || s == InstanceCollecting || s == InstanceGrading
}

// Session reports whether pause, stop or drain of the worker would disturb the instance (invariant I7).
func (s InstanceStatus) Session() bool {
	return s == InstanceInstantiating || s == InstanceReady || s.Active()
}

// Placed reports whether an attempt on a worker is under way, so that its booking must be kept.
func (s InstanceStatus) Placed() bool {
	return s == InstanceScheduled || s.Session() || s == InstanceStopping
}
