package process

import (
	"context"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/settings"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// expiredPerPass is how many claims one pass removes.
const expiredPerPass = 1000

// unbooked requeues instances that are scheduled although their entry is gone.
func (p *Processes) unbooked(ctx context.Context, now time.Time, _ settings.Effective) error {
	return p.sweepInstances(ctx, inStatus(lifecycle.InstanceScheduled), func(i *instance.Instance, meta repo.Meta) error {
		if !i.StatusSince.Before(now.Add(-undecided)) {
			return nil
		}
		return p.d.Commands.RequeueUnbooked(ctx, i, meta)
	})
}

// missed ends instances that never began before their slot was over.
func (p *Processes) missed(ctx context.Context, now time.Time, s settings.Effective) error {
	grace := minutes(s.Timing.MissedGraceMinutes)
	late := inStatus(lifecycle.InstancePending, lifecycle.InstanceScheduled)
	// An instance that waits for a place as soon as possible has no slot: its field is empty and sorts before all times.
	late.From = map[string]string{command.FieldSlotEnd: "0"}
	late.Until = map[string]string{command.FieldSlotEnd: store.FormatTime(now.Add(-grace))}
	return p.sweepInstances(ctx, late, func(i *instance.Instance, _ repo.Meta) error {
		return p.d.Commands.EndMissed(ctx, i.ID, grace)
	})
}

// archived terminates instances of which nothing is left outside.
func (p *Processes) archived(ctx context.Context, _ time.Time, s settings.Effective) error {
	done := inStatus(lifecycle.InstanceArchived)
	done.Equal[command.FieldClean] = []string{command.Yes}
	return p.sweepInstances(ctx, done, func(i *instance.Instance, _ repo.Meta) error {
		return p.d.Commands.EndArchived(ctx, i.ID, minutes(s.Timing.ArchiveHoldMinutes))
	})
}

// claims removes the claims of idempotency keys that have expired.
func (p *Processes) claims(ctx context.Context, now time.Time, _ settings.Effective) error {
	_, err := p.d.Expiring.DeleteMany(ctx, repo.Claims, store.Query{ExpiredBefore: &now}, expiredPerPass)
	return err
}

func inStatus(wanted ...lifecycle.InstanceStatus) store.Query {
	words := make([]string, 0, len(wanted))
	for _, status := range wanted {
		words = append(words, string(status))
	}
	return store.Query{Equal: map[string][]string{command.FieldStatus: words}}
}
