package httpapi

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/query"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
)

// Labs is what the routes of labs and of reports need.
type Labs struct {
	Queries *query.Labs
	Reports *query.Reports
}

func (s *server) labRecordRoutes() {
	q := s.Labs.Queries
	handle(s, api.RouteListLabRecords, func(ctx context.Context, req *api.ListLabRecords) ([]api.LabRecordSummary, error) {
		page, err := q.List(ctx, *req)
		return answerPage(ctx, page, err)
	})
	handle(s, api.RouteGetLabRecord, func(ctx context.Context, req *api.ID) (api.LabRecord, error) {
		l, version, err := q.Get(ctx, req.ID)
		setVersion(ctx, version)
		return l, err
	})
	handle(s, api.RouteLabTopology, func(ctx context.Context, req *api.ID) (api.LabTopology, error) { return q.Topology(ctx, req.ID) })
	handle(s, api.RouteLabRevisions, func(ctx context.Context, req *api.ID) ([]api.LabRevision, error) { return q.Revisions(ctx, req.ID) })
	handle(s, api.RouteLabRuns, func(ctx context.Context, req *api.ID) ([]api.LabRun, error) { return q.Runs(ctx, req.ID) })
	handleAs(s, api.RouteLabBindings, q.Bindings)
	handle(s, api.RouteWorkerLabs, func(ctx context.Context, req *api.ID) ([]api.LabRecordSummary, error) { return q.OfWorker(ctx, req.ID) })
	s.labLookRoutes()
	s.labRecordChangeRoutes()
	s.labRecordModelRoutes()
	s.labReportRoutes()
	s.labFileRoutes()
	s.labRoutes()
}

func (s *server) labRecordChangeRoutes() {
	for action, route := range map[string]api.Route[api.LabAction, api.LabActionAccepted]{
		"start": api.RouteStartLabRecord, "stop": api.RouteStopLabRecord, "wipe": api.RouteWipeLabRecord, "delete": api.RouteDeleteLabRecord,
	} {
		handleMatched(s, route, labMatch, func(ctx context.Context, req api.LabAction) (api.LabActionAccepted, error) {
			accepted, err := s.Commands.RequestLabAction(ctx, req.ID, action, why(req.Body))
			goesOn(ctx, accepted.TaskID)
			return accepted, err
		})
	}
	handle(s, api.RouteCloneLabRecord, func(ctx context.Context, req *api.CloneLab) (api.LabActionAccepted, error) {
		accepted, err := s.Commands.CloneLab(ctx, *req)
		goesOn(ctx, accepted.TaskID)
		return accepted, err
	})
	s.labRecordStateRoutes()
}

func labMatch(req *api.LabAction) string { return req.IfMatch }

func (s *server) labRecordStateRoutes() {
	handleMatched(s, api.RouteArchiveLabRecord, labMatch, func(ctx context.Context, req api.LabAction) (api.LabRecord, error) {
		l, meta, err := s.Commands.ArchiveLab(ctx, req)
		return shownLab(ctx, meta, err, func() api.LabRecord { return query.LabRecordDTO(l, meta) })
	})
	handleMatched(s, api.RouteBindLabRecord, func(req *api.BindLab) string { return req.IfMatch },
		func(ctx context.Context, req api.BindLab) (api.LabRecord, error) {
			l, meta, _, err := s.Commands.BindLab(ctx, req)
			return shownLab(ctx, meta, err, func() api.LabRecord { return query.LabRecordDTO(l, meta) })
		})
	handleMatched(s, api.RouteUnbindLabRecord, func(req *api.UnbindLab) string { return req.IfMatch },
		func(ctx context.Context, req api.UnbindLab) (api.LabRecord, error) {
			l, meta, _, err := s.Commands.UnbindLab(ctx, req)
			return shownLab(ctx, meta, err, func() api.LabRecord { return query.LabRecordDTO(l, meta) })
		})
}

// shownLab answers a lab after a command on it.
func shownLab(ctx context.Context, meta repo.Meta, err error, show func() api.LabRecord) (api.LabRecord, error) {
	if err != nil {
		return api.LabRecord{}, err
	}
	setVersion(ctx, meta.Version)
	return show(), nil
}

func (s *server) labRecordModelRoutes() {
	q := s.Labs.Queries
	handle(s, api.RouteLabRecordModels, func(ctx context.Context, req *api.ListLabRecordModels) ([]readmodel.LabRecord, error) {
		page, err := q.Models(ctx, *req)
		return answerPage(ctx, page, err)
	})
	handle(s, api.RouteLabRecordModel, func(ctx context.Context, req *api.ID) (readmodel.LabRecord, error) { return q.Model(ctx, req.ID) })
	handle(s, api.RouteLabRecordTopology, func(ctx context.Context, req *api.ID) (api.LabTopology, error) { return q.Topology(ctx, req.ID) })
	handle(s, api.RoutePendingLabActions, func(ctx context.Context, req *api.PendingLabs) ([]api.PendingLabAction, error) {
		page, err := q.Pending(ctx, *req, false)
		return answerPage(ctx, page, err)
	})
	handle(s, api.RoutePendingLabImports, func(ctx context.Context, req *api.PendingLabs) ([]api.PendingLabAction, error) {
		page, err := q.Pending(ctx, *req, true)
		return answerPage(ctx, page, err)
	})
}

// why is the reason of a request whose body may be left out.
func why(body *api.Why) string {
	if body == nil {
		return ""
	}
	return body.Reason
}
