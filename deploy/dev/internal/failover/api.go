package failover

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/etcdkv"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/demo"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/wire"
)

// serve starts etcd and control-plane-api, and makes the worker that leaders write to.
func (c *Contest) serve(ctx context.Context) (err error) {
	o := plane.Fast(c.options.Dir, slog.New(slog.DiscardHandler))
	o.APIOnly, o.NoSink, o.Split, o.Executable = true, true, true, c.options.Executable
	if c.plane, err = plane.New(ctx, o); err != nil {
		return err
	}
	serving, stop := context.WithCancel(ctx)
	stopped := make(chan error, 1)
	go func() { stopped <- c.plane.Run(serving) }()
	c.stop = func() error {
		stop()
		return <-stopped
	}
	if c.etcd, err = etcdkv.Dial(c.plane.Operator()); err != nil {
		return err
	}
	return c.makeWorker(ctx)
}

// makeWorker makes it as soon as the API takes calls and has its templates.
func (c *Contest) makeWorker(ctx context.Context) error {
	var last error
	err := demo.Until(ctx, func() (made bool, _ error) {
		var people demo.People
		if people, last = demo.NewPeople(ctx, c.plane.Endpoints(), demo.NewOutside(c.plane.Endpoints())); last != nil {
			return false, nil
		}
		var worker api.Worker
		worker, last = people.Admin.CreateWorker(ctx, api.CreateWorker{Body: api.CreateWorkerBody{
			NewWorker: api.NewWorker{Name: "contested", TemplateName: "medium"},
		}})
		c.worker = worker.ID
		return last == nil, nil
	})
	if err != nil {
		return fmt.Errorf("worker to write to: %w", errors.Join(err, last))
	}
	return nil
}

// beat reports whether a call is a leader's write, and no request for a term.
func (c *Contest) beat(call wire.Call) bool { return call.Path == c.beatPath() }

func (c *Contest) beatPath() string {
	return strings.Replace(api.RouteWorkerConditions.Path, "{id}", c.worker, 1)
}
