package measure

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/failover"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
)

// failoverTTL is the lease that controllers have where nothing else is configured.
const failoverTTL = 5 * time.Second

// failovers lets three replicas lose their leader again and again, in order and by kill -9, and tells how long it took until
// control-plane-api has taken the next one's first write (P10). dir keeps the system that they are replicas of.
func failovers(ctx context.Context, dir string, rounds int) (figures []Figure, err error) {
	if rounds < 1 {
		return nil, nil
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("own program: %w", err)
	}
	c, err := failover.New(ctx, failover.Options{Service: plane.Lablets, Replicas: 3, TTL: failoverTTL, Dir: dir, Executable: self})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	for _, end := range []struct {
		shape  string
		signal syscall.Signal
	}{
		{"graceful hand-over to the next leader's first write, 3 replicas", syscall.SIGTERM},
		{"kill -9 of the leader (TTL 5 s) to the next one's first write, 3 replicas", syscall.SIGKILL},
	} {
		var took []time.Duration
		for range rounds {
			d, err := c.Round(ctx, end.signal)
			if err != nil {
				return nil, fmt.Errorf("failover: %w", err)
			}
			took = append(took, d)
		}
		figures = append(figures, spread("P10", end.shape, took))
	}
	return figures, nil
}
