package httpapi

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
)

func (s *server) workerUpkeepRoutes() {
	c := s.Commands
	handleAs(s, api.RouteReportMetrics, c.ReportMetrics)
	handleAs(s, api.RoutePutMetrics, c.ReportMetrics)
	handleAs(s, api.RoutePutWorkerStatus, c.ReportWorkerStatus)
	handleAs(s, api.RouteReportEC2Details, c.ReportEC2Details)
	handleAs(s, api.RouteReportActivity, c.ReportActivity)
	handleAs(s, api.RouteDetectIdle, c.DetectIdle)
	handleAs(s, api.RouteMarkTerminated, c.MarkTerminated)
	handleAs(s, api.RouteRecalculate, c.RecalculateCapacity)
	handleAs(s, api.RouteCleanupWorkers, c.CleanupWorkers)
	handleAs(s, api.RouteBulkImport, c.BulkImport)
	handle(s, api.RouteInternalIdleStatus, func(ctx context.Context, req *api.ID) (api.IdleStatus, error) {
		return s.Queries.IdleStatus(ctx, req.ID)
	})
	handle(s, api.RouteDrainByService, func(ctx context.Context, req *api.DrainByService) (api.Drained, error) {
		drained, _, err := c.DrainWorker(call.AtGeneration(ctx, 0), req.ID, req.Reason, req.RequestedBy)
		if err == nil {
			goesOn(ctx, drained.TaskID)
		}
		return drained, err
	})
}
