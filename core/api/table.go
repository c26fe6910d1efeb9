package api

import "slices"

// Table lists every route. The router, the OpenAPI document and the tests walk it. Each group lists its own routes in its
// own file; a literal segment stands before an {id} in the same place.
func Table() []Described {
	return slices.Concat(
		authRoutes(), termRoutes(), definitionRoutes(), templateRoutes(), workerRoutes(), workerCommandRoutes(), instanceRoutes(), instanceCommandRoutes(),
		definitionChangeRoutes(), instanceChangeRoutes(), labRecordRoutes(), labRecordCommandRoutes(), labRoutes(), reportRoutes(),
		eventRoutes(), auditRoutes(),
		workerOperationRoutes(), workerViewRoutes(), workerRegionRoutes(), workerUpkeepRoutes(), templateCommandRoutes(), settingsRoutes(),
		taskRoutes(), systemRoutes(),
	)
}
