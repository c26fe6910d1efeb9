package httpapi

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// labRoutes are the older routes of labs, by region, worker and CML's id of the lab.
func (s *server) labRoutes() {
	handleAs(s, api.RouteListLabs, s.Labs.Queries.InRegion)
	for action, route := range map[string]api.Route[api.LabOfWorker, api.LabControlled]{
		"start": api.RouteStartLab, "stop": api.RouteStopLab, "wipe": api.RouteWipeLab, "delete": api.RouteDeleteLab,
	} {
		handle(s, route, func(ctx context.Context, req *api.LabOfWorker) (api.LabControlled, error) {
			id, err := s.Labs.Queries.Find(ctx, *req)
			if err != nil {
				return api.LabControlled{}, err
			}
			accepted, err := s.Commands.RequestLabAction(ctx, id, action, "")
			return controlled(ctx, accepted, err)
		})
	}
}

// controlled shows an accepted action as the older routes do.
func controlled(ctx context.Context, accepted api.LabActionAccepted, err error) (api.LabControlled, error) {
	if err != nil {
		return api.LabControlled{}, err
	}
	goesOn(ctx, accepted.TaskID)
	return api.LabControlled{
		LabID: accepted.LabID, LabRecordID: accepted.LabRecordID, Action: accepted.Action, Status: accepted.Status, TaskID: accepted.TaskID,
	}, nil
}
