package etcdkv_test

import (
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
	"github.com/lablet-cloud-manager/lcm/core/etcdkv/memkv"
)

func TestMirrorSeesAWipeThatWasCaughtUp(t *testing.T) {
	for _, test := range []struct {
		name, reason string
		keys         int
	}{
		{"few", "an election: its keys are of another time", 5},
		{"many", "a part is looked at, and after a wipe most of what is held is wrong", 200},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store, random := memkv.New(), rand.New(rand.NewPCG(11, 11)) //nolint:gosec // a plan, not a secret
				w := follow(t, store)
				for range test.keys {
					w.mutate(random)
				}
				w.requireSame("before the fault")
				store.Wipe(false)
				clear(w.want)
				for range 2 * test.keys {
					w.mutate(random)
				}
				<-time.After(5*etcdkv.ProgressInterval + time.Second)
				w.requireSame(test.reason)
			})
		})
	}
}

func TestAMirrorThatIsRightIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, random := memkv.New(), rand.New(rand.NewPCG(12, 12)) //nolint:gosec // a plan, not a secret
		w := follow(t, store)
		for range 200 {
			w.mutate(random)
			if random.IntN(20) == 0 {
				synctest.Wait() // a watch that lags behind would have to list again
				store.Compact()
			}
			<-time.After(time.Duration(random.IntN(2000)) * time.Millisecond)
		}
		w.requireSame("all the time")
		require.EqualValues(t, 1, w.mirror.Lists())
	})
}
