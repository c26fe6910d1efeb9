package command

import (
	"context"
	"encoding/json"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/figures"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// Samples keeps the figures of workers.
type Samples interface {
	Report(ctx context.Context, workerID string, r figures.Report) error
	Get(ctx context.Context, ids ...string) (map[string]figures.Sample, error)
	Drop(ctx context.Context, workerID string) error
}

// ReportMetrics takes a worker's figures. Only what decides something goes to the worker: EC2's checks, and that fresh data
// have come. Codes: worker_not_found, worker_terminated.
func (c *Commands) ReportMetrics(ctx context.Context, req api.ReportMetrics) (api.Ack, error) {
	report, err := reportOf(req.Body)
	if err != nil {
		return api.Ack{}, err
	}
	_, ack, err := c.updateWorker(call.AtGeneration(ctx, 0), req.ID, func(w *worker.Worker, act parts.Act) error {
		if w.Terminal() {
			return failure.New(failure.Conflict, "worker_terminated", "the worker is terminated")
		}
		if e := req.Body.EC2; e != nil {
			w.SetChecks(worker.Checks{Instance: e.InstanceCheck, System: e.SystemCheck}, act)
		}
		w.Refreshed(req.Body.CollectedAt, act)
		return nil
	})
	if err != nil || c.d.Samples == nil {
		return ack, err
	}
	return ack, c.d.Samples.Report(ctx, req.ID, report)
}

func reportOf(body api.ReportMetricsBody) (figures.Report, error) {
	at := body.CollectedAt.UTC()
	r := figures.Report{WorkerSample: readmodel.WorkerSample{PollIntervalSeconds: body.PollInterval, NextRefreshAt: body.NextRefreshAt}}
	if e := body.EC2; e != nil {
		if e.CPUUtilization != nil || e.MemoryUtilization != nil || e.NetworkInBytes != nil || e.NetworkOutBytes != nil {
			r.EC2 = &readmodel.EC2Sample{
				CPUUtilization: e.CPUUtilization, MemoryUtilization: e.MemoryUtilization, NetworkInBytes: e.NetworkInBytes,
				NetworkOutBytes: e.NetworkOutBytes, CollectedAt: at,
			}
		}
		if e.InstanceCheck != "" || e.SystemCheck != "" {
			r.EC2CheckedAt = &at
		}
	}
	m := body.CML
	if m == nil {
		return r, nil
	}
	r.CML = &readmodel.CMLSample{
		CPUPercent: m.CPUPercent, MemoryPercent: m.MemoryPercent, DiskPercent: m.DiskPercent, UptimeSeconds: m.UptimeSeconds,
		LabsCount: m.LabsCount, TotalNodes: m.TotalNodes, RunningNodes: m.RunningNodes, CollectedAt: at,
	}
	var err error
	if r.SystemInfo, err = document(m.SystemInfo); err != nil {
		return r, err
	}
	r.SystemHealth, err = document(m.SystemHealth)
	return r, err
}

// maxDocument is the most that is kept of one of CML's own documents.
const maxDocument = 128 << 10

// document writes one of CML's own documents; nil stays nil.
func document(of map[string]any) (json.RawMessage, error) {
	if of == nil {
		return nil, nil
	}
	text, err := json.Marshal(of)
	if err != nil {
		return nil, failure.Wrap(err, failure.Invalid, "bad_document", "CML's document cannot be kept.")
	}
	if len(text) > maxDocument {
		return nil, failure.New(failure.TooLarge, "document_too_large", "CML's document has %d bytes, more than %d.", len(text), maxDocument)
	}
	return text, nil
}
