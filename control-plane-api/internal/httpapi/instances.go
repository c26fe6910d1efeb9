package httpapi

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
)

func (s *server) instanceRoutes() {
	handle(s, api.RouteCreateInstance, func(ctx context.Context, req *api.CreateInstance) (api.Instance, error) {
		i, meta, err := s.Commands.CreateInstance(ctx, *req)
		if err != nil {
			return api.Instance{}, err
		}
		created(ctx, "/api/lablet-instances/"+i.ID, meta.Version)
		return s.shownInstance(ctx, i, meta, nil)
	})
	handle(s, api.RouteListInstances, func(ctx context.Context, req *api.ListInstances) ([]api.InstanceSummary, error) {
		page, err := s.Queries.Instances(ctx, *req)
		return answerPage(ctx, page, err)
	})
	handle(s, api.RouteMyInstances, func(ctx context.Context, req *api.ListInstances) ([]api.InstanceSummary, error) {
		page, err := s.Queries.MyInstances(ctx, *req)
		return answerPage(ctx, page, err)
	})
	handle(s, api.RouteInstanceByReservation, func(ctx context.Context, req *api.ByReservation) (api.Instance, error) {
		i, version, err := s.Queries.InstanceByReservation(ctx, req.ReservationID)
		setVersion(ctx, version)
		return i, err
	})
	handle(s, api.RouteGetInstance, func(ctx context.Context, req *api.ID) (api.Instance, error) {
		i, version, err := s.Queries.Instance(ctx, req.ID)
		setVersion(ctx, version)
		return i, err
	})
	s.instanceEndRoutes()
	s.instanceModelRoutes()
	s.instanceCommandRoutes()
	s.instanceLabRoutes()
}

func (s *server) instanceEndRoutes() {
	handleMatched(s, api.RouteTerminateInstance, func(req *api.TerminateInstance) string { return req.IfMatch },
		func(ctx context.Context, req api.TerminateInstance) (api.Instance, error) {
			reason := ""
			if req.Body != nil {
				reason = req.Body.Reason
			}
			return s.terminate(ctx, req.ID, reason)
		})
	handleMatched(s, api.RouteDeleteInstance, func(req *api.DeleteInstance) string { return req.IfMatch },
		func(ctx context.Context, req api.DeleteInstance) (api.Instance, error) {
			return s.terminate(ctx, req.ID, req.Reason)
		})
	handleMatched(s, api.RouteExtendInstance, func(req *api.ExtendInstance) string { return req.IfMatch },
		func(ctx context.Context, req api.ExtendInstance) (api.Instance, error) {
			i, meta, err := s.Commands.ExtendInstance(ctx, req.ID, req.Body.NewTimeslotEnd)
			return s.shownInstance(ctx, i, meta, err)
		})
}

func (s *server) terminate(ctx context.Context, id, reason string) (api.Instance, error) {
	i, meta, err := s.Commands.TerminateInstance(ctx, id, reason)
	return s.shownInstance(ctx, i, meta, err)
}

// shownInstance answers an instance after a command on it.
func (s *server) shownInstance(ctx context.Context, i *instance.Instance, meta repo.Meta, err error) (api.Instance, error) {
	if err != nil {
		return api.Instance{}, err
	}
	setVersion(ctx, meta.Version)
	return s.Queries.ShowInstance(i, meta), nil
}

func (s *server) instanceModelRoutes() {
	handle(s, api.RouteInstanceModels, func(ctx context.Context, req *api.InstanceModelQuery) ([]readmodel.Instance, error) {
		page, err := s.Queries.InstanceModels(ctx, *req)
		return answerPage(ctx, page, err)
	})
	handle(s, api.RouteInstanceModel, func(ctx context.Context, req *api.ID) (readmodel.Instance, error) {
		return s.Queries.InstanceModel(ctx, req.ID)
	})
}

func (s *server) instanceCommandRoutes() {
	c := s.Commands
	handleAs(s, api.RouteStartInstantiation, c.StartInstantiation)
	handleAs(s, api.RoutePutInstanceFinalizer, c.PutInstanceFinalizer)
	handleAs(s, api.RouteDropInstanceFinalizer, c.DropInstanceFinalizer)
	handleAs(s, api.RouteRecordStep, c.RecordStep)
	handleAs(s, api.RouteInstanceConditions, c.SetInstanceConditions)
	handleAs(s, api.RouteMarkReady, c.MarkReady)
	handleAs(s, api.RouteTransition, c.Transition)
	handleAs(s, api.RoutePutTransition, c.Transition)
	handleAs(s, api.RouteScheduleOne, c.ScheduleOne)
	handleAs(s, api.RouteAllocatePorts, c.AllocatedPorts)
	handleAs(s, api.RoutePutPorts, c.AllocatedPorts)
	handleAs(s, api.RouteRequeue, c.Requeue)
	handleAs(s, api.RouteRecordScore, c.RecordScore)
	handleAs(s, api.RouteSessionStarted, c.SessionStarted)
}

// handleAs puts a route onto the router whose request is a command's as it is.
func handleAs[Req, Resp any](s *server, route api.Route[Req, Resp], do func(context.Context, Req) (Resp, error)) {
	handle(s, route, func(ctx context.Context, req *Req) (Resp, error) { return do(ctx, *req) })
}
