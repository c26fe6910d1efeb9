package bubble

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

// rain decides what befalls each call while it falls. The n-th call of a kind always meets the same: a seed replays its
// faults whatever the order of calls that happen at the same moment.
type rain struct {
	seed  uint64
	share float64
	on    atomic.Bool
	// noStore is whether the store is away for everyone.
	noStore atomic.Bool
	mu      sync.Mutex
	counts  map[string]uint64
	// delayed are the calls that are on their way although nobody waits for them.
	delayed sync.WaitGroup
}

func newRain(seed uint64, share float64) *rain {
	return &rain{seed: seed, share: share, counts: map[string]uint64{}}
}

// verdict is what befalls a call.
type verdict int

const (
	spare verdict = iota
	// lost never arrives; unanswered arrives, and its answer is lost.
	lost
	unanswered
	// failed is answered with a 5xx and has no effect.
	failed
	// slow takes some seconds.
	slow
	// late is given up by the caller and arrives some seconds afterwards, whatever has become of the caller.
	late
	verdicts
)

// drawn gives the verdict on the next call of a kind, and a random number for its details. weight multiplies the share of
// calls that are disturbed.
func (r *rain) drawn(kind string, weight float64) (verdict, *rand.Rand) {
	if !r.on.Load() {
		return spare, nil
	}
	r.mu.Lock()
	r.counts[kind]++
	n := r.counts[kind]
	r.mu.Unlock()
	hash := fnv.New64a()
	_, _ = fmt.Fprintf(hash, "%s/%d", kind, n)
	random := rand.New(rand.NewPCG(r.seed, hash.Sum64())) //nolint:gosec // a fault plan, not a secret
	if random.Float64() >= r.share*weight {
		return spare, nil
	}
	return verdict(1 + random.IntN(int(verdicts)-1)), random
}

func seconds(random *rand.Rand, most float64) time.Duration {
	return time.Duration(random.Float64() * most * float64(time.Second))
}

// storeHook disturbs a store's calls, and ends them with the life of their process.
func (r *rain) storeHook(process string, l *life) storetest.Hook {
	return func(ctx context.Context, call storetest.Call) storetest.Fault {
		if err := l.pass(ctx); err != nil {
			return storetest.Fault{Fail: fmt.Errorf("%w: %w", store.ErrUnavailable, err)}
		}
		if r.noStore.Load() {
			return storetest.Fault{Fail: store.ErrUnavailable}
		}
		what, random := r.drawn(process+" store "+string(call.Op)+" "+call.Collection, 1)
		switch {
		case what == slow:
			return storetest.Fault{Delay: seconds(random, 2)}
		case (what == unanswered || what == late) && call.Writes():
			return storetest.Fault{Lose: fmt.Errorf("%w: %w", store.ErrUnknown, store.ErrUnavailable)}
		case what != spare:
			return storetest.Fault{Fail: store.ErrUnavailable}
		}
		return storetest.Fault{}
	}
}
