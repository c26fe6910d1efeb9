package demo

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
)

// Killer kills one service's process so many times: whenever a demo reaches a status, and every few seconds where it stays in
// one, so that a service which works in silence is hit as well.
type Killer struct {
	plane   *plane.Plane
	service string
	out     io.Writer

	mu   sync.Mutex
	left int
	errs []error
}

// NewKiller makes one; without a service it kills nothing.
func NewKiller(p *plane.Plane, service string, times int, out io.Writer) *Killer {
	return &Killer{plane: p, service: service, left: times, out: out}
}

// between is the pause of kills while a status stays: long enough for a new leader to have begun its work.
const between = 2500 * time.Millisecond

// Run kills from time to time until ctx ends.
func (k *Killer) Run(ctx context.Context) {
	ticker := time.NewTicker(between)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			k.once(ctx, "it was at work")
		}
	}
}

// OnStatus kills once if there are kills left.
func (k *Killer) OnStatus(status lifecycle.InstanceStatus) {
	k.once(context.Background(), string(status)+" showed")
}

func (k *Killer) once(ctx context.Context, when string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.left == 0 {
		return
	}
	k.left--
	if err := k.plane.Kill(ctx, k.service); err != nil {
		k.errs = append(k.errs, err)
		return
	}
	_, _ = fmt.Fprintf(k.out, "  killed %s when %s\n", k.service, when)
}

// Check reports whether all kills were done.
func (k *Killer) Check() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.errs) > 0 {
		return k.errs[0]
	}
	if k.left > 0 {
		return fmt.Errorf("%d kills of %s were left when the instance had ended", k.left, k.service)
	}
	return nil
}
