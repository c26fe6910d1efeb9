package httpapi

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
)

func (s *server) workerRoutes() {
	handle(s, api.RouteListWorkers, func(ctx context.Context, req *api.ListWorkers) ([]api.Worker, error) {
		page, err := s.Queries.Workers(ctx, *req)
		return answerPage(ctx, page, err)
	})
	handle(s, api.RouteGetWorker, func(ctx context.Context, req *api.ID) (api.Worker, error) {
		w, version, err := s.Queries.Worker(ctx, req.ID)
		setVersion(ctx, version)
		return w, err
	})
	handle(s, api.RouteDeleteWorker, func(ctx context.Context, req *api.DeleteWorker) (api.Worker, error) {
		return s.endWorker(ctx, *req)
	})
	handle(s, api.RouteWorkerModels, func(ctx context.Context, req *api.WorkerModelQuery) ([]readmodel.Worker, error) {
		page, err := s.Queries.WorkerModels(ctx, *req)
		return answerPage(ctx, page, err)
	})
	handle(s, api.RouteWorkerModel, func(ctx context.Context, req *api.ID) (readmodel.Worker, error) {
		return s.Queries.WorkerModel(ctx, req.ID)
	})
	s.workerCommandRoutes()
	s.licenseRoutes()
}

func (s *server) workerCommandRoutes() {
	c := s.Commands
	handleAs(s, api.RouteSchedule, c.Schedule)
	handleAs(s, api.RouteScaleUp, c.ScaleUp)
	handleAs(s, api.RoutePlanLaunch, c.PlanLaunch)
	handleAs(s, api.RouteReportWorkerStatus, c.ReportWorkerStatus)
	handleAs(s, api.RouteReportCMLData, c.ReportCMLData)
	handleAs(s, api.RoutePinCertificate, c.PinCertificate)
	handleAs(s, api.RoutePutWorkerFinalizer, c.PutWorkerFinalizer)
	handleAs(s, api.RouteDropWorkerFinalizer, c.DropWorkerFinalizer)
	handleAs(s, api.RouteWorkerConditions, c.SetWorkerConditions)
}

// licenseKeeper is the one service that a licence token leaves the API for.
const licenseKeeper = "worker-controller"

func (s *server) licenseRoutes() {
	handle(s, api.RouteLicenseToken, func(ctx context.Context, req *api.ID) (api.LicenseToken, error) {
		if call.From(ctx).Actor != licenseKeeper {
			return api.LicenseToken{}, failure.New(failure.Forbidden, "other_service", "Only %s registers licences.", licenseKeeper)
		}
		replyOf(ctx).cache = "no-store"
		return s.Commands.LicenseToken(ctx, req.ID)
	})
	type step = func(context.Context, lifecycle.LicenseOperation, api.LicenseStep) (api.Ack, error)
	for _, r := range []struct {
		route     api.Route[api.LicenseStep, api.Ack]
		operation lifecycle.LicenseOperation
		do        step
	}{
		{api.RouteStartRegistration, lifecycle.LicenseRegister, s.Commands.StartLicense},
		{api.RouteCompleteRegistration, lifecycle.LicenseRegister, s.Commands.CompleteLicense},
		{api.RouteFailRegistration, lifecycle.LicenseRegister, s.Commands.FailLicense},
		{api.RouteStartDeregistration, lifecycle.LicenseDeregister, s.Commands.StartLicense},
		{api.RouteCompleteDeregistration, lifecycle.LicenseDeregister, s.Commands.CompleteLicense},
		{api.RouteFailDeregistration, lifecycle.LicenseDeregister, s.Commands.FailLicense},
	} {
		handleAs(s, r.route, func(ctx context.Context, req api.LicenseStep) (api.Ack, error) { return r.do(ctx, r.operation, req) })
	}
}
