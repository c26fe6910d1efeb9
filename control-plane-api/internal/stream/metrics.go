package stream

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// The types of the frames of figures.
const (
	typeMetrics      = "worker.metrics.updated"
	typeMetricsBatch = "worker.metrics.updated.batch"
)

const (
	// batchTime is how long figures are gathered, batchSize how many at most.
	batchTime = time.Second
	batchSize = 50
)

// metrics is the data of a frame of figures. What is nil is not known.
type metrics struct {
	CPU     *float64 `json:"cpu_utilization,omitempty"`
	Memory  *float64 `json:"memory_utilization,omitempty"`
	Storage *float64 `json:"storage_utilization,omitempty"`
	Labs    *int     `json:"labs_count,omitempty"`
	readmodel.WorkerSample
}

// metricsFrame reads a worker's figures. CML knows its machine better than CloudWatch does, where both have told.
func metricsFrame(value []byte) (frame, error) {
	var sample readmodel.WorkerSample
	if err := json.Unmarshal(value, &sample); err != nil {
		return frame{}, fmt.Errorf("figures: %w", err)
	}
	m := metrics{WorkerSample: sample}
	if sample.EC2 != nil {
		m.CPU, m.Memory = sample.EC2.CPUUtilization, sample.EC2.MemoryUtilization
	}
	if cml := sample.CML; cml != nil {
		m.Storage, m.Labs = cml.DiskPercent, cml.LabsCount
		if cml.CPUPercent != nil {
			m.CPU = cml.CPUPercent
		}
		if cml.MemoryPercent != nil {
			m.Memory = cml.MemoryPercent
		}
	}
	data, err := json.Marshal(m)
	if err != nil {
		return frame{}, fmt.Errorf("figures: %w", err)
	}
	return frame{kind: typeMetrics, subject: readmodel.KindWorker, id: sample.WorkerID, worker: sample.WorkerID, at: sample.UpdatedAt, data: data}.rendered()
}

// batch gathers figures, of each worker the last ones.
type batch struct{ parts []frame }

// add takes figures; full tells that it is time to send them.
func (b *batch) add(f frame) (full bool) {
	for i := range b.parts {
		if b.parts[i].worker == f.worker {
			b.parts[i] = f
			return false
		}
	}
	b.parts = append(b.parts, f)
	return len(b.parts) >= batchSize
}

// cut makes the frame of what was gathered, and begins anew.
func (b *batch) cut(id string, at time.Time) (frame, error) {
	f, err := batchOf(b.parts, id, at)
	b.parts = nil
	return f, err
}

func batchOf(parts []frame, id string, at time.Time) (frame, error) {
	events := make([]json.RawMessage, len(parts))
	for i, part := range parts {
		events[i] = part.text
	}
	data, err := json.Marshal(struct {
		BatchID string            `json:"batch_id"`
		Count   int               `json:"count"`
		Events  []json.RawMessage `json:"events"`
	}{id, len(parts), events})
	if err != nil {
		return frame{}, fmt.Errorf("batch: %w", err)
	}
	return frame{kind: typeMetricsBatch, subject: readmodel.KindWorker, id: id, at: at.UTC(), data: data, parts: parts}.rendered()
}
