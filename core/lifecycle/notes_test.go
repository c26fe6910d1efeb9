package lifecycle

// note tells who makes a group of moves and when. Every move from one of `from` to one of `to` that a table has is
// covered; an empty list stands for all statuses.
type note[S ~string] struct {
	from, to  []S
	who, when string
}

const (
	byAPI       = "control-plane-api"
	byScheduler = "resource-scheduler"
	byWorkers   = "worker-controller"
	byLablets   = "lablet-controller"
)

func instanceNotes() []note[InstanceStatus] {
	type s = []InstanceStatus
	return []note[InstanceStatus]{
		{s{InstancePending}, s{InstanceScheduled}, byScheduler, "a worker has room for the whole window and its book has the entry"},
		{s{InstanceScheduled}, s{InstanceInstantiating}, byLablets, "the lead before the start has come and the entry is held"},
		{s{InstanceScheduled, InstanceInstantiating, InstanceReady}, s{InstancePending}, byLablets + ", " + byAPI, "the place is gone before the session began: hold refused, entry vanished, worker lost or overbooked; placed anew as another attempt"},
		{s{InstanceInstantiating}, s{InstanceReady}, byLablets, "the lab has converged, and where LDS is used its devices are set and the login URL is stored"},
		{s{InstanceReady}, s{InstanceRunning}, byLablets, "LDS says that the candidate has begun; without LDS at the start of the slot"},
		{s{InstanceRunning}, s{InstanceCollecting}, byLablets, "the candidate has finished, someone asked for collection, or the slot is over"},
		{s{InstanceCollecting}, s{InstanceGrading}, byLablets, "the evidence package is stored"},
		{s{InstanceInstantiating}, s{InstanceStopping}, byLablets, "the lab cannot be made: bad topology, tries used up, or slot over"},
		{s{InstanceReady}, s{InstanceStopping}, byLablets, "the slot ended and nobody came"},
		{s{InstanceRunning}, s{InstanceStopping}, byLablets, "there is nothing to collect or grade, the user stopped, or the lab was deleted in CML"},
		{s{InstanceCollecting}, s{InstanceStopping}, byLablets, "no evidence could be extracted"},
		{s{InstanceGrading}, s{InstanceStopping}, byLablets, "the score is recorded, or grading failed or took too long"},
		{s{InstanceStopping}, s{InstanceStopped}, byLablets, "the lab has stopped"},
		{s{InstanceStopped}, s{InstanceRunning}, byLablets, "the user resumed within the slot; the entry was held all the time"},
		{s{InstanceStopped}, s{InstanceArchived}, byLablets, "evidence is safe and LDS is released; after a user's stop only when the slot is over"},
		{s{InstanceArchived}, s{InstanceTerminated}, byAPI, "nothing outside is left"},
		{s{InstancePending, InstanceScheduled}, s{InstanceTerminated}, byAPI, "someone terminated it, the slot was missed, or it lost its place too often"},
		{s{InstanceInstantiating, InstanceReady}, s{InstanceTerminated}, byAPI, "someone terminated it, or it lost its worker too often"},
		{s{InstanceRunning, InstanceCollecting, InstanceGrading}, s{InstanceTerminated}, byAPI, "someone terminated it, or its worker was lost during the session"},
		{s{InstanceStopping, InstanceStopped}, s{InstanceTerminated}, byAPI, "someone terminated it"},
	}
}

func workerNotes() []note[WorkerStatus] {
	type s = []WorkerStatus
	return []note[WorkerStatus]{
		{s{WorkerPending}, s{WorkerProvisioning}, byWorkers, "the launch is stored as an intent"},
		{s{WorkerProvisioning, WorkerStopped}, s{WorkerStarting}, byWorkers, "EC2 has the machine and boots it"},
		{s{WorkerProvisioning, WorkerStarting}, s{WorkerRunning}, byWorkers, "EC2 shows it running"},
		{s{WorkerRunning}, s{WorkerDraining}, byAPI, "a drain was asked for; no new instances from now on"},
		{s{WorkerDraining}, s{WorkerRunning}, byAPI, "the drain was cancelled"},
		{s{WorkerStarting, WorkerRunning, WorkerDraining}, s{WorkerStopping}, byWorkers, "stop is wanted and no instance's entry is held or due"},
		{s{WorkerStopping}, s{WorkerStopped}, byWorkers, "EC2 shows it stopped"},
		{s{WorkerFailed}, s{WorkerPending}, byAPI, "an administrator wants another try"},
		{nil, s{WorkerTerminating}, byWorkers, "termination is wanted, labs are stopped and the licence is given back"},
		{nil, s{WorkerTerminated}, byWorkers, "EC2 has no such machine any more, or never had"},
		{nil, s{WorkerFailed}, byWorkers, "a phase failed for good or took too long"},
		{s{WorkerUnknown}, nil, byWorkers, "EC2 shows a state that is known again"},
	}
}

func definitionNotes() []note[DefinitionStatus] {
	type s = []DefinitionStatus
	return []note[DefinitionStatus]{
		{s{DefinitionPendingSync}, s{DefinitionActive}, byLablets, "the first content sync has succeeded"},
		{s{DefinitionActive, DefinitionInactive}, s{DefinitionActive, DefinitionInactive}, byAPI, "switched on or off by an author"},
		{s{DefinitionActive, DefinitionInactive}, s{DefinitionDeprecated}, byAPI, "a newer version takes over or an author says so"},
		{s{DefinitionDeprecated}, s{DefinitionArchived}, byAPI, "no live instance uses it"},
		{nil, s{DefinitionDeleted}, byAPI, "deleted softly, never with live instances"},
	}
}

func licenseNotes() []note[LicenseStatus] {
	type s = []LicenseStatus
	return []note[LicenseStatus]{
		{nil, s{LicenseRegistered}, byWorkers, "a registration has completed, or CML says that it is registered"},
		{nil, s{LicenseUnregistered}, byWorkers, "a deregistration has completed, or CML says that it is not registered"},
		{nil, s{LicenseEvaluation, LicenseExpired, LicenseInvalid}, byWorkers, "CML says so"},
	}
}

func labRecordNotes() []note[LabRecordStatus] {
	type s = []LabRecordStatus
	return []note[LabRecordStatus]{
		{nil, s{LabImporting, LabStarting, LabStopping, LabWiping, LabDeleting}, byLablets, "an action was asked for and has begun"},
		{nil, s{LabDefined, LabQueued, LabBooted, LabPaused, LabStopped, LabWiped}, byLablets, "CML shows it so, after an action or by hand"},
		{nil, s{LabError}, byLablets, "an action failed for good"},
		{nil, s{LabDeleted}, byLablets, "CML has it no more and LCM meant it so"},
		{nil, s{LabOrphaned}, byLablets, "CML has it no more and nobody asked for that, or its worker is gone"},
		{nil, s{LabArchived}, byAPI, "kept for the record only"},
	}
}

func taskNotes() []note[TaskStatus] {
	type s = []TaskStatus
	return []note[TaskStatus]{
		{nil, s{TaskInProgress}, byAPI, "whoever does it has begun"},
		{nil, s{TaskCompleted}, byAPI, "what was asked for is done"},
		{nil, s{TaskFailed}, byAPI, "it failed for good, or nobody has said a word of it for a day"},
		{nil, s{TaskCancelled}, byAPI, "called off by whoever asked for it or an admin"},
	}
}
