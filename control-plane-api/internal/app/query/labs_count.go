package query

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/labrecord"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Stats counts the labs of a worker that are not over (worker_not_found).
func (q *Labs) Stats(ctx context.Context, workerID string) (api.LabStats, error) {
	s := api.LabStats{WorkerID: workerID, ByStatus: map[string]int{}}
	err := q.walkWorker(ctx, workerID, func(l *labrecord.LabRecord) {
		s.Total++
		s.ByStatus[string(l.Status)]++
		s.NodeCount += l.Facts.NodeCount
		s.LinkCount += l.Facts.LinkCount
		if l.Bound() != nil {
			s.Bound++
		}
		if l.Pending != nil {
			s.Pending++
		}
	})
	return s, err
}

// OfInstance answers the labs that serve an instance now.
func (q *Labs) OfInstance(ctx context.Context, instanceID string) ([]api.LabBinding, error) {
	shown := []api.LabBinding{}
	serving := store.Query{Equal: map[string][]string{command.FieldServes: {instanceID}}}
	err := q.repo.Walk(ctx, serving, func(l *labrecord.LabRecord, _ repo.Meta) error {
		if b := l.Bound(); b != nil {
			shown = append(shown, bindingDTO(l, *b))
		}
		return nil
	})
	return shown, err
}
