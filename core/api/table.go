package api

// Table lists every route. The router, the OpenAPI document and the tests walk it; a literal segment stands before an
// {id} in the same place.
func Table() []Described {
	return []Described{
		RouteIssueTerm,

		RouteCreateDefinition, RouteListDefinitions, RouteGetDefinition, RouteSyncDefinition,
		RouteDefinitionModel, RouteDefinitionTopology, RouteContentSynced,

		RouteListTemplates, RouteTemplateByName, RouteGetTemplate,

		RouteListWorkers, RouteGetWorker, RouteDeleteWorker,
		RouteWorkerModels, RouteWorkerModel, RouteSchedule, RouteScaleUp, RoutePlanLaunch, RouteReportWorkerStatus,
		RouteReportCMLData, RoutePinCertificate, RoutePutWorkerFinalizer, RouteDropWorkerFinalizer, RouteWorkerConditions,
		RouteLicenseToken, RouteStartRegistration, RouteCompleteRegistration, RouteFailRegistration,
		RouteStartDeregistration, RouteCompleteDeregistration, RouteFailDeregistration,

		RouteCreateInstance, RouteListInstances, RouteMyInstances, RouteInstanceByReservation, RouteGetInstance,
		RouteTerminateInstance, RouteDeleteInstance, RouteExtendInstance,
		RouteInstanceModels, RouteInstanceModel, RouteSessionStarted, RouteStartInstantiation, RoutePutInstanceFinalizer,
		RouteDropInstanceFinalizer, RouteRecordStep, RouteInstanceConditions, RouteMarkReady, RouteTransition, RouteRequeue,
		RouteRecordScore,
	}
}
