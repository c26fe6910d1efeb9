package samples

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// putTime bounds what etcd may take of a report's time.
const putTime = time.Second

// publish puts figures to etcd. What fails is made up for within stale, since nobody decides by figures.
func (s *Samples) publish(ctx context.Context, shown readmodel.WorkerSample) {
	ctx, cancel := context.WithTimeout(ctx, putTime)
	defer cancel()
	if err := s.put(ctx, shown); err != nil {
		s.log.DebugContext(ctx, "figures not put to etcd", "worker", shown.WorkerID, "error", err)
	}
}

func (s *Samples) put(ctx context.Context, shown readmodel.WorkerSample) error {
	key := readmodel.SampleKey(shown.WorkerID)
	value, err := json.Marshal(shown)
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	for range tries {
		item, found, err := s.keys.Get(ctx, key)
		if err != nil {
			return err
		}
		var there readmodel.WorkerSample
		if found && json.Unmarshal(item.Value, &there) == nil && there.UpdatedAt.After(shown.UpdatedAt) {
			return nil
		}
		_, ok, err := s.keys.PutIf(ctx, key, value, item.ModRevision)
		if err != nil || ok {
			return err
		}
	}
	return fmt.Errorf("too many put %s at once", key)
}

// retract takes figures out of etcd.
func (s *Samples) retract(ctx context.Context, id string) {
	if s.keys == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, putTime)
	defer cancel()
	key := readmodel.SampleKey(id)
	item, found, err := s.keys.Get(ctx, key)
	if err == nil && found {
		_, err = s.keys.DeleteIf(ctx, key, item.ModRevision)
	}
	if err != nil {
		s.log.DebugContext(ctx, "figures not taken out of etcd", "worker", id, "error", err)
	}
}
