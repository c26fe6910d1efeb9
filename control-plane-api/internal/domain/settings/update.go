package settings

import (
	"reflect"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// EventUpdated tells which groups of the settings have changed.
const EventUpdated = "system_settings.updated.v1"

type updated struct {
	AggregateID string    `json:"aggregate_id"`
	Groups      []string  `json:"groups"`
	UpdatedBy   string    `json:"updated_by"`
	UpdatedAt   time.Time `json:"updated_at"`
}

// Patch changes groups; nil leaves a group as it is. Each function gets the group as it holds now.
type Patch struct {
	Provisioning func(*Provisioning)
	Monitoring   func(*Monitoring)
	Idle         func(*Idle)
	Discovery    func(*readmodel.Discovery)
	Timing       func(*Timing)
	Audit        func(*Audit)
}

// Update changes groups (bad_settings). A group that was never set begins with what holds over the environment. Without a
// difference it is no change.
func (s *Settings) Update(p Patch, environment Effective, act parts.Act) error {
	next, holds := *s, s.Over(environment)
	var groups []string
	change(&groups, "worker_provisioning", &next.Provisioning, holds.Provisioning, p.Provisioning)
	change(&groups, "monitoring", &next.Monitoring, holds.Monitoring, p.Monitoring)
	change(&groups, "idle_detection", &next.Idle, holds.Idle, p.Idle)
	change(&groups, "discovery", &next.Discovery, holds.Discovery, p.Discovery)
	change(&groups, "timing", &next.Timing, holds.Timing, p.Timing)
	change(&groups, "audit", &next.Audit, holds.Audit, p.Audit)
	if err := next.check(); err != nil {
		return err
	}
	if len(groups) == 0 {
		return nil
	}
	*s = next
	s.UpdatedBy, s.UpdatedAt = act.By, act.At
	s.Raise(EventUpdated, updated{AggregateID: s.ID, Groups: groups, UpdatedBy: act.By, UpdatedAt: act.At})
	return nil
}

// change applies a patch to a copy of what holds, so that the group as it was is left alone.
func change[T any](groups *[]string, name string, group **T, holds T, patch func(*T)) {
	if patch == nil {
		return
	}
	next := holds
	patch(&next)
	if reflect.DeepEqual(next, holds) {
		return
	}
	*group = &next
	*groups = append(*groups, name)
}
