package measure

import (
	"context"
	"fmt"
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/demo"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
)

// coldStart starts a whole system, etcd and all, on a store that holds many instances, and tells when every service can work
// (P11).
func coldStart(ctx context.Context, o Options, store string) (readings []reading, err error) {
	return inFolder(func(dir string) ([]reading, error) {
		options := optionsOf(dir, store)
		options.NoSink = true
		if _, err := fill(ctx, o, options); err != nil {
			return nil, err
		}
		// The first start carries on what was stored, which is no part of a start.
		if err := during(ctx, options, func(ctx context.Context, at plane.Endpoints) error {
			people, err := demo.NewPeople(ctx, at, demo.NewOutside(at))
			if err != nil {
				return err
			}
			return carried(ctx, people.Admin, 2*o.Stored-o.Stored/waitingShare)
		}); err != nil {
			return nil, err
		}
		began := time.Now()
		err := during(ctx, options, func(ctx context.Context, at plane.Endpoints) error {
			if err := ready(ctx, at); err != nil {
				return err
			}
			shape := fmt.Sprintf("cold start of the whole plane to all services ready, %d instances stored, %d of them waiting", o.Stored, o.Stored/waitingShare)
			readings = []reading{{id: "P11", shape: shape, value: time.Since(began).Seconds(), unit: "s"}}
			return nil
		})
		return readings, err
	})
}
