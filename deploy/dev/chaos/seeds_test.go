package chaos

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"testing/synctest"
)

// defaultSeeds is what a test run can afford, and raceSeeds what one with the race detector can; SEEDS asks for more.
const defaultSeeds, raceSeeds = 100, 12

// TestSeeds lets a storm of faults pass over the whole system, another one for each seed, in virtual time. SEEDS=n runs n
// seeds, SEED=n replays one, FIRST=n begins elsewhere.
func TestSeeds(t *testing.T) {
	first, count := number(t, "FIRST", 1), number(t, "SEEDS", affordable())
	if one := number(t, "SEED", 0); one > 0 {
		first, count = one, 1
	}
	for seed := first; seed < first+count; seed++ {
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

// number reads a setting of the test run.
func number(t *testing.T, name string, fallback uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return fallback
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s=%q is no number", name, text)
	}
	return n
}
