package lifecycle

// LabRecordStatus tells where a lab that CML holds is in its life.
type LabRecordStatus string

// The statuses of a lab record.
const (
	LabDiscovered LabRecordStatus = "discovered"
	LabImporting  LabRecordStatus = "importing"
	LabDefined    LabRecordStatus = "defined"
	LabStarting   LabRecordStatus = "starting"
	LabQueued     LabRecordStatus = "queued"
	LabBooted     LabRecordStatus = "booted"
	LabPaused     LabRecordStatus = "paused"
	LabStopping   LabRecordStatus = "stopping"
	LabStopped    LabRecordStatus = "stopped"
	LabWiping     LabRecordStatus = "wiping"
	LabWiped      LabRecordStatus = "wiped"
	LabDeleting   LabRecordStatus = "deleting"
	LabDeleted    LabRecordStatus = "deleted"
	LabArchived   LabRecordStatus = "archived"
	LabError      LabRecordStatus = "error"
	LabOrphaned   LabRecordStatus = "orphaned"
)

// LabRecords is the table of a lab record. Direct jumps exist because a controller reports completion in one step.
func LabRecords() Table[LabRecordStatus] {
	return newTable("lab record",
		Row[LabRecordStatus]{LabDiscovered, []LabRecordStatus{LabImporting, LabDefined, LabStarting, LabBooted, LabStopped, LabWiped, LabDeleted, LabOrphaned}},
		Row[LabRecordStatus]{LabImporting, []LabRecordStatus{LabDefined, LabError, LabOrphaned}},
		Row[LabRecordStatus]{LabDefined, []LabRecordStatus{LabStarting, LabBooted, LabWiping, LabDeleting, LabDeleted, LabOrphaned, LabError}},
		Row[LabRecordStatus]{LabStarting, []LabRecordStatus{LabQueued, LabBooted, LabStopped, LabError, LabOrphaned}},
		Row[LabRecordStatus]{LabQueued, []LabRecordStatus{LabBooted, LabStopped, LabError, LabOrphaned}},
		Row[LabRecordStatus]{LabBooted, []LabRecordStatus{LabStopping, LabStopped, LabPaused, LabWiped, LabError, LabOrphaned}},
		Row[LabRecordStatus]{LabPaused, []LabRecordStatus{LabStarting, LabBooted, LabStopping, LabStopped, LabError, LabOrphaned}},
		Row[LabRecordStatus]{LabStopping, []LabRecordStatus{LabStopped, LabError, LabOrphaned}},
		Row[LabRecordStatus]{LabStopped, []LabRecordStatus{LabStarting, LabBooted, LabWiping, LabWiped, LabDeleting, LabDeleted, LabArchived, LabOrphaned, LabError}},
		Row[LabRecordStatus]{LabWiping, []LabRecordStatus{LabWiped, LabError, LabOrphaned}},
		Row[LabRecordStatus]{LabWiped, []LabRecordStatus{LabStarting, LabBooted, LabDeleting, LabDeleted, LabArchived, LabOrphaned}},
		Row[LabRecordStatus]{LabDeleting, []LabRecordStatus{LabDeleted, LabError, LabOrphaned}},
		Row[LabRecordStatus]{LabDeleted, nil},
		Row[LabRecordStatus]{LabArchived, nil},
		Row[LabRecordStatus]{LabError, []LabRecordStatus{LabStarting, LabStopping, LabWiping, LabWiped, LabDeleting, LabDeleted, LabDefined, LabOrphaned}},
		Row[LabRecordStatus]{LabOrphaned, []LabRecordStatus{LabDeleted, LabArchived}},
	)
}
