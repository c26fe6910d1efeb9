// Package loadtest fills a store for measurements, while no API runs on it: through the commands and the store's own port, so
// that what it leaves behind is what the API would have stored.
package loadtest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/settings"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/service"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/mongo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/sqlite"
)

// Options say what to fill a store with.
type Options struct {
	// Store is the store's URL; it has been made by an API, which is stopped.
	Store string
	// DefinitionID is an active definition in it, OwnerID whose the instances are.
	DefinitionID, OwnerID string
	// Instances is how many are made, Waiting how many of them are not over: they wait for slots in the days to come.
	Instances, Waiting int
}

// atOnce is how many instances are made at the same time; a store may let their writes share what they cost.
const atOnce = 128

// Fill makes instances. Nothing is carried on to journal and etcd yet: the next API that starts on the store does that.
func Fill(ctx context.Context, o Options) (err error) {
	engine, err := store.Open(ctx, o.Store, service.Collections(), mongo.Driver(), sqlite.Driver())
	if err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	deps := repo.Deps{Engine: engine, Queued: true}
	c := command.New(command.Deps{
		Instances: repo.New(command.InstanceKind(), deps), Definitions: repo.New(command.DefinitionKind(), deps), Settings: defaults{},
	})
	group, ctx := errgroup.WithContext(call.With(ctx, call.Call{Actor: o.OwnerID, Route: "loadtest"}))
	group.SetLimit(atOnce)
	for n := range o.Instances {
		group.Go(func() error { return fillOne(ctx, c, o, n) })
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	return nil
}

func fillOne(ctx context.Context, c *command.Commands, o Options, n int) error {
	start := time.Now().Add(48*time.Hour + time.Duration(n)*time.Minute).Truncate(time.Minute)
	end := start.Add(30 * time.Minute)
	i, _, err := c.CreateInstance(ctx, api.CreateInstance{Body: api.CreateInstanceBody{
		DefinitionID: o.DefinitionID, TimeslotStart: &start, TimeslotEnd: &end,
	}})
	if err == nil && n >= o.Waiting {
		_, _, err = c.TerminateInstance(ctx, i.ID, "over")
	}
	return err
}

// defaults are the settings of a system where nobody has changed them.
type defaults struct{}

func (defaults) Effective(context.Context) (settings.Effective, error) {
	return settings.Defaults(), nil
}
