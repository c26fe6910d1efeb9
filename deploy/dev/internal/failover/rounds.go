package failover

import (
	"context"
	"fmt"
	"syscall"
	"time"
)

// Round ends the leader with a signal, has a new replica take the free place, and tells how long nobody worked: from the
// signal until the API has taken the first write of the next leader.
func (c *Contest) Round(ctx context.Context, signal syscall.Signal) (time.Duration, error) {
	leader, err := c.Await(ctx)
	if err != nil {
		return 0, err
	}
	begun := time.Now()
	if err := c.Signal(leader, signal); err != nil {
		return 0, fmt.Errorf("end %s: %w", leader, err)
	}
	next, err := c.Successor(ctx, leader)
	if err != nil {
		return 0, err
	}
	if err := c.Left(ctx, leader); err != nil {
		return 0, err
	}
	return next.Done.Sub(begun), c.Join(ctx)
}
