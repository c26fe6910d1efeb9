package lifecycle

// DefinitionStatus tells whether labs may be booked from a definition.
type DefinitionStatus string

// The statuses of a definition.
const (
	DefinitionPendingSync DefinitionStatus = "pending_sync"
	DefinitionActive      DefinitionStatus = "active"
	DefinitionInactive    DefinitionStatus = "inactive"
	DefinitionDeprecated  DefinitionStatus = "deprecated"
	DefinitionArchived    DefinitionStatus = "archived"
	DefinitionDeleted     DefinitionStatus = "deleted"
)

// Definitions is the table of a definition.
func Definitions() Table[DefinitionStatus] {
	return newTable("definition",
		Row[DefinitionStatus]{DefinitionPendingSync, []DefinitionStatus{DefinitionActive, DefinitionDeleted}},
		Row[DefinitionStatus]{DefinitionActive, []DefinitionStatus{DefinitionInactive, DefinitionDeprecated, DefinitionDeleted}},
		Row[DefinitionStatus]{DefinitionInactive, []DefinitionStatus{DefinitionActive, DefinitionDeprecated, DefinitionDeleted}},
		Row[DefinitionStatus]{DefinitionDeprecated, []DefinitionStatus{DefinitionArchived, DefinitionDeleted}},
		Row[DefinitionStatus]{DefinitionArchived, []DefinitionStatus{DefinitionDeleted}},
		Row[DefinitionStatus]{DefinitionDeleted, nil},
	)
}
