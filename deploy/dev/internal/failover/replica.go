package failover

import (
	"context"
	"log/slog"
	"os"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/config"
	"github.com/lablet-cloud-manager/lcm/core/controller"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

// Command is the first argument of a process that is a replica; the second is its service.
const Command = "replica"

// writeEvery is how often a leader writes.
const writeEvery = 10 * time.Millisecond

// Replica is one process of a contest: a controller as the three are built, whose only key writes again and again.
func Replica(ctx context.Context, service string) error {
	c, err := config.Load[controller.Config](os.Environ())
	if err != nil {
		return err
	}
	r, err := controller.New(ctx, service, 0, c, controller.Deps{Log: slog.New(slog.NewTextHandler(os.Stderr, nil))})
	if err != nil {
		return err
	}
	work := reconcile.Func[string](func(ctx context.Context, id string) (reconcile.Result, error) {
		_, err := r.API.WorkerConditions(ctx, api.SetConditions{ID: id, Body: api.SetConditionsBody{
			Conditions: []readmodel.Condition{{Type: "Alive", Status: readmodel.ConditionTrue, Reason: "beat"}},
		}})
		return reconcile.Result{After: writeEvery}, err
	})
	controller.Queued(r, "beat", work, reconcile.Options[string]{
		Workers: 1, Resync: time.Hour, Keys: func() []string { return []string{c.InstanceID} },
	})
	return r.Run(ctx)
}
