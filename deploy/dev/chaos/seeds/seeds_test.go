package seeds

import (
	"fmt"
	"os"
	"runtime/pprof"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/replay"
)

// defaultSeeds is what a test run can afford, and raceSeeds what one with the race detector can; SEEDS asks for more.
const defaultSeeds, raceSeeds = 100, 8

// TestSeeds lets a storm of faults pass over the whole system, another one for each seed, in virtual time. SEEDS=n runs n
// seeds, SEED=n replays one, FIRST=n begins elsewhere.
func TestSeeds(t *testing.T) {
	first, end := replay.Range(t, "SEEDS", affordable())
	for seed := first; seed < end; seed++ {
		t.Run(fmt.Sprintf("SEED=%d", seed), func(t *testing.T) {
			t.Parallel()
			stuck := time.AfterFunc(stuckAfter, func() { giveUp(seed) })
			defer stuck.Stop()
			synctest.Test(t, func(t *testing.T) { newStorm(t, seed).run() })
		})
	}
}

// stuckAfter is when a storm is taken for stuck, in real time. It is made outside the bubble, where no time passes while a
// goroutine waits for a lock.
const stuckAfter = 4 * time.Minute

// giveUp tells what all goroutines wait for and ends the tests.
func giveUp(seed uint64) {
	fmt.Fprintf(os.Stderr, "SEED=%d makes no progress; what all goroutines wait for:\n", seed)
	_ = pprof.Lookup("goroutine").WriteTo(os.Stderr, 2)
	os.Exit(1)
}

func affordable() uint64 {
	if raceDetector {
		return raceSeeds
	}
	return defaultSeeds
}
