package httpapi

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

func (s *server) workerRegionRoutes() {
	handle(s, api.RouteCreateWorker, func(ctx context.Context, req *api.CreateWorker) (api.Worker, error) {
		return s.createWorker(ctx, req.Body)
	})
	handle(s, api.RouteCreateRegionWorker, func(ctx context.Context, req *api.CreateRegionWorker) (api.Worker, error) {
		return s.createWorker(ctx, api.CreateWorkerBody{AWSRegion: req.AWSRegion, NewWorker: req.Body})
	})
	handle(s, api.RouteImportWorkers, func(ctx context.Context, req *api.ImportWorkers) (api.ImportAccepted, error) {
		return s.importWorkers(ctx, req.Body)
	})
	handle(s, api.RouteImportRegionWorkers, func(ctx context.Context, req *api.ImportRegionWorkers) (api.ImportAccepted, error) {
		return s.importWorkers(ctx, api.ImportWorkersBody{AWSRegion: req.AWSRegion, ImportBody: req.Body})
	})
	handle(s, api.RouteListRegionWorkers, func(ctx context.Context, req *api.ListRegionWorkers) ([]api.Worker, error) {
		page, err := s.Queries.Workers(ctx, api.ListWorkers{
			List: req.List, AWSRegion: req.AWSRegion, Status: req.Status, IncludeTerminated: req.IncludeTerminated,
			Sort: req.Sort, Order: req.Order,
		})
		return answerPage(ctx, page, err)
	})
	handle(s, api.RouteGetRegionWorker, func(ctx context.Context, req *api.RegionWorkerID) (api.Worker, error) {
		return inRegion(ctx, s, *req, func(ctx context.Context) (api.Worker, error) {
			w, version, err := s.Queries.Worker(ctx, req.ID)
			setVersion(ctx, version)
			return w, err
		})
	})
	handle(s, api.RouteDeleteRegionWorker, func(ctx context.Context, req *api.DeleteRegionWorker) (api.Worker, error) {
		if err := s.Queries.CheckRegion(ctx, req.ID, req.AWSRegion); err != nil {
			return api.Worker{}, err
		}
		return s.endWorker(ctx, req.DeleteWorker)
	})
	handle(s, api.RouteWorkerByInstance, func(ctx context.Context, req *api.ByInstance) (api.Worker, error) {
		w, version, err := s.Queries.WorkerByMachine(ctx, req.AWSRegion, req.InstanceID)
		setVersion(ctx, version)
		return w, err
	})
}

func (s *server) createWorker(ctx context.Context, body api.CreateWorkerBody) (api.Worker, error) {
	w, meta, err := s.Commands.CreateWorker(ctx, body)
	if err != nil {
		return api.Worker{}, err
	}
	created(ctx, "/api/workers/"+w.ID, meta.Version)
	return s.Queries.ShowWorker(ctx, w, meta.Version)
}

func (s *server) importWorkers(ctx context.Context, body api.ImportWorkersBody) (api.ImportAccepted, error) {
	answer, err := s.Commands.ImportWorkers(ctx, body)
	if err == nil {
		goesOn(ctx, answer.TaskID)
	}
	return answer, err
}

// endWorker asks for a worker's end.
func (s *server) endWorker(ctx context.Context, req api.DeleteWorker) (api.Worker, error) {
	ctx, err := matching(ctx, req.IfMatch)
	if err != nil {
		return api.Worker{}, err
	}
	w, ack, err := s.Commands.TerminateWorker(ctx, req)
	return changed(ctx, s.Queries.ShowWorker, w, ack, err)
}
