package httpapi

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// actionImport is the action that the routes of imports are about.
const actionImport = "import"

// labReportRoutes are the routes by which lablet-controller tells of labs; the older names do the same.
func (s *server) labReportRoutes() {
	c := s.Commands
	for _, route := range []api.Route[api.DiscoverLabs, api.DiscoveredLabs]{api.RouteDiscoverLabs, api.RouteSyncLabs} {
		handle(s, route, func(ctx context.Context, req *api.DiscoverLabs) (api.DiscoveredLabs, error) {
			return c.DiscoverLabs(ctx, req.Body)
		})
	}
	handle(s, api.RouteTimeOutLabActions, func(ctx context.Context, req *api.TimeOutLabActions) (api.TimedOutLabActions, error) {
		if req.Body == nil {
			return c.TimeOutLabActions(ctx, "")
		}
		return c.TimeOutLabActions(ctx, req.Body.WorkerID)
	})
	handleAs(s, api.RouteReportLabStatus, c.SetLabStatus)
	handleAs(s, api.RouteReportLabTopology, c.RecordLabTopology)
	handleAs(s, api.RouteReportLabRun, c.RecordLabRun)
	handleAs(s, api.RouteOrphanLabRecord, c.OrphanLab)
	handle(s, api.RouteBindLab, func(ctx context.Context, req *api.BindLab) (api.Ack, error) {
		_, _, ack, err := c.BindLab(ctx, *req)
		return ack, err
	})
	handle(s, api.RouteUnbindLab, func(ctx context.Context, req *api.UnbindLab) (api.Ack, error) {
		_, _, ack, err := c.UnbindLab(ctx, *req)
		return ack, err
	})
	s.labActionReportRoutes()
}

func (s *server) labActionReportRoutes() {
	c := s.Commands
	for _, group := range []struct {
		// action is what the routes are about; empty where the body says it.
		action               string
		begin, complete, end api.Route[api.LabActionReport, api.Ack]
	}{
		{"", api.RouteBeginLabAction, api.RouteCompleteLabAction, api.RouteFailLabAction},
		{"", api.RouteStartLabAction, api.RouteFinishLabAction, api.RouteGiveUpLabAction},
		{actionImport, api.RouteStartLabImport, api.RouteCompleteLabImport, api.RouteFailLabImport},
	} {
		meant := func(body api.LabActionReportBody) string {
			if group.action != "" {
				return group.action
			}
			return body.Action
		}
		handle(s, group.begin, func(ctx context.Context, req *api.LabActionReport) (api.Ack, error) {
			return c.BeginLabAction(ctx, req.ID, meant(req.Body))
		})
		handle(s, group.complete, func(ctx context.Context, req *api.LabActionReport) (api.Ack, error) {
			return c.CompleteLabAction(ctx, req.ID, meant(req.Body), req.Body)
		})
		handle(s, group.end, func(ctx context.Context, req *api.LabActionReport) (api.Ack, error) {
			return c.FailLabAction(ctx, req.ID, req.Body)
		})
	}
}
