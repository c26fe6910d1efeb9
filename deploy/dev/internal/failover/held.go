package failover

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/wire"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// heldRule is the rule of Hold.
const heldRule = "held"

// Hold keeps the next write of a replica on its way to the API, and returns when there is one. LetGo lets it go on.
func (c *Contest) Hold(ctx context.Context, id string) error {
	p := c.find(id)
	if p == nil {
		return fmt.Errorf("no replica %s", id)
	}
	p.api.Faults.Add(kit.Rule{ID: heldRule, Path: c.beatPath(), Times: 1, Hold: kit.Before})
	for !slices.ContainsFunc(p.api.Faults.States(), func(s kit.RuleState) bool { return s.Held > 0 }) {
		pause(ctx, writeEvery)
		if ctx.Err() != nil {
			return errors.New("no write to hold")
		}
	}
	return nil
}

// LetGo lets the write go on that Hold keeps, and tells what became of it.
func (c *Contest) LetGo(ctx context.Context, id string) (held wire.Call, err error) {
	p := c.find(id)
	if p == nil {
		return held, fmt.Errorf("no replica %s", id)
	}
	from := c.calls.Len()
	p.api.Faults.Release(heldRule)
	err = c.calls.Await(ctx, func(all []wire.Call) bool {
		n := slices.IndexFunc(all[from:], func(call wire.Call) bool { return call.Caller == id && c.beat(call) })
		if n >= 0 {
			held = all[from+n]
		}
		return n >= 0
	})
	return held, err
}
