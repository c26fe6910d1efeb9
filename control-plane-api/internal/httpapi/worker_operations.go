package httpapi

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/secret"
)

func (s *server) workerOperationRoutes() {
	c := s.Commands
	start := func(ctx context.Context, id string, why *api.Why) (api.Worker, error) {
		w, ack, err := c.StartWorker(ctx, id, reasonOf(why))
		return changed(ctx, s.Queries.ShowWorker, w, ack, err)
	}
	handleOn(s, api.RoutesStartWorker, start)
	handleOn(s, api.RoutesResumeWorker, start)
	handleOn(s, api.RoutesStopWorker, func(ctx context.Context, id string, body *api.StopBody) (api.Worker, error) {
		stop := stopOf(body)
		w, ack, err := c.StopWorker(ctx, id, stop.Reason, stop.Force)
		return changed(ctx, s.Queries.ShowWorker, w, ack, err)
	})
	handleOn(s, api.RoutesPauseWorker, func(ctx context.Context, id string, body *api.StopBody) (api.Worker, error) {
		stop := stopOf(body)
		w, ack, err := c.PauseWorker(ctx, id, stop.Reason, stop.Force)
		return changed(ctx, s.Queries.ShowWorker, w, ack, err)
	})
	handleOn(s, api.RoutesTerminate, func(ctx context.Context, id string, body *api.TerminateBody) (api.Worker, error) {
		end := api.DeleteWorker{ID: id}
		if body != nil {
			end.Force, end.ForceHardDelete, end.Reason = body.Force, body.ForceHardDelete, body.Reason
		}
		w, ack, err := c.TerminateWorker(ctx, end)
		return changed(ctx, s.Queries.ShowWorker, w, ack, err)
	})
	handleOn(s, api.RoutesDrain, func(ctx context.Context, id string, why *api.Why) (api.Drained, error) {
		drained, ack, err := c.DrainWorker(ctx, id, reasonOf(why), "")
		if err == nil {
			setVersion(ctx, ack.Version)
			goesOn(ctx, drained.TaskID)
		}
		return drained, err
	})
	handleOn(s, api.RoutesCancelDrain, func(ctx context.Context, id string, why *api.Why) (api.Worker, error) {
		w, ack, err := c.CancelDrain(ctx, id, reasonOf(why))
		return changed(ctx, s.Queries.ShowWorker, w, ack, err)
	})
	s.workerSettingRoutes()
	s.workerLicenseRoutes()
}

// workerSettingRoutes change how a worker is kept.
func (s *server) workerSettingRoutes() {
	c := s.Commands
	handleOn(s, api.RoutesSetTags, func(ctx context.Context, id string, body api.TagsBody) (api.Worker, error) {
		w, ack, err := c.SetWorkerTags(ctx, id, body.Tags)
		return changed(ctx, s.Queries.ShowWorker, w, ack, err)
	})
	handleOn(s, api.RoutesMonitoring, func(ctx context.Context, id string, body *api.MonitoringBody) (api.Worker, error) {
		w, ack, err := c.SetWorkerMonitoring(ctx, id, body == nil || body.Enabled == nil || *body.Enabled)
		return changed(ctx, s.Queries.ShowWorker, w, ack, err)
	})
	handleOn(s, api.RoutesRefresh, func(ctx context.Context, id string, why *api.Why) (api.RefreshAnswer, error) {
		answer, ack, err := c.RequestRefresh(ctx, id, reasonOf(why))
		setVersion(ctx, ack.Version)
		return answer, err
	})
	idle := func(on bool) func(context.Context, string, *api.Why) (api.IdleDetection, error) {
		return func(ctx context.Context, id string, why *api.Why) (api.IdleDetection, error) {
			_, ack, err := c.SetIdleDetection(ctx, id, reasonOf(why), on)
			setVersion(ctx, ack.Version)
			return api.IdleDetection{WorkerID: id, IsIdleDetectionEnabled: on}, err
		}
	}
	handleOn(s, api.RoutesEnableIdle, idle(true))
	handleOn(s, api.RoutesDisableIdle, idle(false))
	handleOf(s, api.RoutesResetCertificate, func(ctx context.Context, id string) (api.Worker, error) {
		w, ack, err := c.ResetCertificate(ctx, id)
		return changed(ctx, s.Queries.ShowWorker, w, ack, err)
	})
}

func (s *server) workerLicenseRoutes() {
	accepted := func(ctx context.Context, answer api.Accepted, err error) (api.Accepted, error) {
		if err == nil {
			goesOn(ctx, answer.TaskID)
		}
		return answer, err
	}
	handleOn(s, api.RoutesRegisterLicense, func(ctx context.Context, id string, body api.RegisterLicenseBody) (api.Accepted, error) {
		answer, err := s.Commands.RegisterLicense(ctx, id, secret.New(body.LicenseToken), body.Reregister)
		return accepted(ctx, answer, err)
	})
	handleOf(s, api.RoutesDeregisterLicense, func(ctx context.Context, id string) (api.Accepted, error) {
		answer, err := s.Commands.DeregisterLicense(ctx, id)
		return accepted(ctx, answer, err)
	})
}

func reasonOf(why *api.Why) string {
	if why == nil {
		return ""
	}
	return why.Reason
}

func stopOf(body *api.StopBody) api.StopBody {
	if body == nil {
		return api.StopBody{}
	}
	return *body
}
