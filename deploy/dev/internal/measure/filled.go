package measure

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/loadtest"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/client"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/demo"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
)

// waitingShare of the stored instances wait for their slots; the others are over.
const waitingShare = 10

// fill makes a system's store and fills it; nothing runs on it when it returns.
func fill(ctx context.Context, o Options, options plane.Options) (definition string, err error) {
	options.APIOnly = true
	var owner string
	err = during(ctx, options, func(ctx context.Context, at plane.Endpoints) error {
		people, err := demo.NewPeople(ctx, at, demo.NewOutside(at))
		if err != nil {
			return err
		}
		if err := ready(ctx, at); err != nil {
			return err
		}
		if definition, err = define(ctx, people); err != nil {
			return err
		}
		i, err := people.User.CreateInstance(ctx, slot(definition, 0))
		owner = i.OwnerID
		return err
	})
	if err != nil {
		return "", err
	}
	return definition, loadtest.Fill(ctx, loadtest.Options{
		Store: options.StoreURL(), DefinitionID: definition, OwnerID: owner, Instances: o.Stored, Waiting: o.Stored / waitingShare,
	})
}

// filled measures the API alone on a store that holds many instances: how fast the changes are carried on (E1), mixed
// requests at a rate (P7), lists (L1), and what can be sustained (P8).
func filled(ctx context.Context, o Options, store string) (readings []reading, err error) {
	return inFolder(func(dir string) ([]reading, error) {
		options := optionsOf(dir, store)
		options.NoSink, options.APIOnly = true, true
		definition, err := fill(ctx, o, options)
		if err != nil {
			return nil, err
		}
		err = during(ctx, options, func(ctx context.Context, at plane.Endpoints) error {
			l, carried, err := newLoad(ctx, o, at, definition)
			if err != nil {
				return err
			}
			readings = append(readings, carried)
			for _, measure := range []func(context.Context) ([]reading, error){l.lists, l.mixed, l.sustained} {
				more, err := measure(ctx)
				if err != nil {
					return err
				}
				readings = append(readings, more...)
			}
			return nil
		})
		return readings, err
	})
}

// load is a filled system that is put under load.
type load struct {
	options    Options
	hitter     *hitter
	definition string
	// ids are some of the stored instances.
	ids []string
}

// newLoad waits until all that was stored has been carried on, and tells how fast that was.
func newLoad(ctx context.Context, o Options, at plane.Endpoints, definition string) (*load, reading, error) {
	began := time.Now()
	outside := demo.NewOutside(at)
	people, err := demo.NewPeople(ctx, at, outside)
	if err != nil {
		return nil, reading{}, err
	}
	// Each instance was made, and those that are over were ended.
	changes := 2*o.Stored - o.Stored/waitingShare
	if err := carried(ctx, people.Admin, changes); err != nil {
		return nil, reading{}, fmt.Errorf("changes are not carried on: %w", err)
	}
	rate := float64(changes) / time.Since(began).Seconds()
	token, err := outside.Token(ctx, "bench", "admin")
	if err != nil {
		return nil, reading{}, err
	}
	l := &load{options: o, hitter: newHitter(at.API, token), definition: definition}
	rows, err := people.Admin.ListInstances(ctx, api.ListInstances{List: api.List{Limit: 200}, IncludeTerminated: true, Sort: "timeslot_start"})
	for _, row := range rows {
		l.ids = append(l.ids, row.ID)
	}
	shape := fmt.Sprintf("relay: changes per second to journal and etcd, start of the API included, %d changes of %d instances", changes, o.Stored)
	return l, reading{id: "E1", shape: shape, value: rate, unit: "1/s"}, err
}

// carried waits until the audit log has so many changes of instances.
func carried(ctx context.Context, admin *client.Client, changes int) error {
	return until(ctx, func() bool {
		var rows []api.AuditEntry
		header, err := client.Do(ctx, admin, api.RouteListAudit, api.ListAudit{List: api.List{Limit: 1}, Kind: "instances"}, &rows)
		if err != nil {
			return false
		}
		total, err := strconv.Atoi(header.Get(api.HeaderTotalCount))
		return err == nil && total >= changes
	})
}
