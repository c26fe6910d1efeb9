package seeds

import (
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/replay"
)

// defaultSeeds is what a test run can afford, and raceSeeds what one with the race detector can; SEEDS asks for more.
const defaultSeeds, raceSeeds = 100, 12

// TestSeeds lets a storm of faults pass over the whole system, another one for each seed, in virtual time. SEEDS=n runs n
// seeds, SEED=n replays one, FIRST=n begins elsewhere.
func TestSeeds(t *testing.T) {
	first, end := replay.Range(t, "SEEDS", affordable())
	for seed := first; seed < end; seed++ {
		t.Run(fmt.Sprintf("SEED=%d", seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { newStorm(t, seed).run() })
		})
	}
}

func affordable() uint64 {
	if raceDetector {
		return raceSeeds
	}
	return defaultSeeds
}
