package leader_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// TestNeverTwoAtOnce lets three replicas campaign through random faults for hours. No two ever act at once, terms rise,
// and after each quiet minute one leads.
func TestNeverTwoAtOnce(t *testing.T) {
	for seed := range uint64(10) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				random := rand.New(rand.NewPCG(seed, 2))
				e := hold(t, 3)
				for range 20 {
					for range 20 {
						disturb(e, random)
						<-time.After(time.Duration(random.IntN(4000)) * time.Millisecond)
					}
					e.store.SetDown(false)
					for _, r := range e.replicas {
						r.link.Thaw()
					}
					<-time.After(time.Minute)
					require.NotEmpty(t, e.leads(), "someone must lead when all is well")
				}
				require.Equal(t, 1, e.worst)
				for _, r := range e.replicas {
					require.IsIncreasing(t, append([]int64{0}, r.terms...))
				}
				require.Greater(t, e.term, int64(20), "the faults must have moved the leadership")
			})
		})
	}
}

func disturb(e *election, random *rand.Rand) {
	r := e.replicas[random.IntN(len(e.replicas))]
	switch random.IntN(8) {
	case 0, 1:
		r.link.Freeze()
	case 2, 3:
		r.link.Thaw()
	case 4:
		r.elector.Resign()
	case 5:
		e.store.CutWatches()
	case 6:
		e.store.SetDown(random.IntN(2) == 0)
	case 7:
		e.store.Compact()
	}
}
