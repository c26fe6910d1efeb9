package failover

import (
	"context"
	"log/slog"
	"os"
	"strconv"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/config"
	"github.com/lablet-cloud-manager/lcm/core/controller"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
	"github.com/lablet-cloud-manager/lcm/core/run"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
)

// The first argument of a process of a contest: a replica, whose further ones are its service and the worker that it writes to,
// or a service as it is shipped, whose further one is its name.
const (
	asReplica = "replica"
	asService = "service"
)

// Child runs the process of a contest or of a plane that a program's arguments ask for. is tells whether they ask for one.
func Child(args []string) (status int, is bool) {
	switch {
	case len(args) == 4 && args[1] == asReplica:
		return run.Main(context.Background(), args[2], func(ctx context.Context) error { return replica(ctx, args[2], args[3]) }), true
	case len(args) == 3 && args[1] == asService:
		return run.Main(context.Background(), args[2], func(ctx context.Context) error { return service(ctx, args[2]) }), true
	default:
		return 0, false
	}
}

func service(ctx context.Context, name string) error {
	listener, err := plane.InheritedListener()
	if err != nil {
		return err
	}
	return plane.Serve(ctx, name, os.Environ(), listener, nil)
}

// writeEvery is how often a leader writes.
const writeEvery = 20 * time.Millisecond

// replica is one process of a contest: a controller as the three are built, whose only key writes to a worker again and again.
func replica(ctx context.Context, service, worker string) error {
	c, err := config.Load[controller.Config](os.Environ())
	if err != nil {
		return err
	}
	r, err := controller.New(ctx, service, 0, c, controller.Deps{Log: slog.New(slog.NewTextHandler(os.Stderr, nil))})
	if err != nil {
		return err
	}
	beats := 0
	work := reconcile.Func[string](func(ctx context.Context, id string) (reconcile.Result, error) {
		beats++ // a condition that is as it was would be no write
		_, err := r.API.WorkerConditions(ctx, api.SetConditions{ID: id, Body: api.SetConditionsBody{
			Conditions: []readmodel.Condition{{
				Type: "Alive", Status: readmodel.ConditionTrue, Reason: "beat", Message: c.InstanceID + " " + strconv.Itoa(beats),
			}},
		}})
		return reconcile.Result{After: writeEvery}, err
	})
	controller.Queued(r, "beat", work, reconcile.Options[string]{
		Workers: 1, Resync: time.Hour, Keys: func() []string { return []string{worker} },
	})
	return r.Run(ctx)
}
