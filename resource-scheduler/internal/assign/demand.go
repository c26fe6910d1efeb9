package assign

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/resource-scheduler/internal/placement"
	"github.com/lablet-cloud-manager/lcm/resource-scheduler/internal/scaling"
)

// demands remembers the workers that were asked for until the cache shows them.
type demands map[string]readmodel.Worker

// withAsked adds workers that the API has made and the cache does not show yet, so that none is asked for twice.
func (d demands) withAsked(workers []readmodel.Worker) []readmodel.Worker {
	for _, w := range workers {
		delete(d, w.ID)
	}
	for _, asked := range d {
		workers = append(workers, asked)
	}
	return workers
}

// rounds bounds how many dead workers of one demand are passed over in a run.
const rounds = 20

// scaleUp asks for the wanted workers. The demand's name derives from the first lab that it is for, so that a repeat, also
// by another leader, gives the same worker; where that one has died meanwhile the next round's is asked for.
func (r *Reconciler) scaleUp(ctx context.Context, plan scaling.Plan) ([]scaling.Outlook, error) {
	outlooks := plan.Outlooks
	for _, want := range plan.Wants {
		ack, err := r.ask(ctx, want)
		if failure.Is(err, failure.Conflict) || failure.Is(err, failure.NotFound) || failure.Is(err, failure.Quota) {
			r.log.WarnContext(ctx, "scale-up refused", slog.String("template", want.Template.Name), slog.String("code", failure.CodeOf(err)))
			outlooks = append(outlooks, scaling.Outlook{Lab: want.Lab, Code: failure.CodeOf(err), Message: refusalText(err)})
			continue
		}
		if err != nil {
			return nil, err
		}
		r.demands[ack.ID] = asked(ack.ID, want.Template)
	}
	return outlooks, nil
}

func (r *Reconciler) ask(ctx context.Context, want scaling.Want) (ack api.Ack, err error) {
	for round := range rounds {
		ack, err = r.commands.ScaleUp(ctx, api.ScaleUp{Body: api.ScaleUpBody{
			TemplateName: want.Template.Name, Reason: want.Reason, RequestedBy: "resource-scheduler", Demand: demandOf(want.Lab, round),
		}})
		if err != nil || !dead(ack.CurrentStatus) {
			return ack, err
		}
	}
	return ack, failure.New(failure.Quota, "workers_keep_failing", "%d workers asked for this lab have failed; an operator must look.", rounds)
}

func demandOf(lab placement.Lab, round int) string {
	return fmt.Sprintf("%s/%d/%d", lab.Instance.ID, placement.NextAttempt(lab.Instance), round)
}

func dead(status string) bool {
	switch lifecycle.WorkerStatus(status) {
	case lifecycle.WorkerTerminating, lifecycle.WorkerTerminated, lifecycle.WorkerFailed:
		return true
	default:
		return false
	}
}

// asked is what is known of a worker before the cache shows it.
func asked(id string, t readmodel.Template) readmodel.Worker {
	return readmodel.Worker{
		ID: id, Status: lifecycle.WorkerPending, DesiredStatus: lifecycle.WorkerRunning, DeclaredCapacity: t.Capacity, PortRange: t.PortRange,
		TemplateName: t.Name, License: readmodel.License{Type: t.LicenseType}, StatusSince: time.Time{},
	}
}

func refusalText(err error) string {
	switch failure.CodeOf(err) {
	case "region_full":
		return "No worker is free, and the region has as many workers as it may have."
	default:
		return "No worker is free, and none can be asked for now (" + failure.CodeOf(err) + ")."
	}
}
