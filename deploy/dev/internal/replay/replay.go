// Package replay reads what a drawn test run is asked to repeat.
package replay

import (
	"os"
	"strconv"
	"testing"
)

// Number reads a number from the environment variable name, such as SEEDS, and gives fallback where there is none.
func Number(t testing.TB, name string, fallback uint64) uint64 {
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

// Range reads which seeds are to run: SEED=n that one alone, else SEEDS=n many from FIRST=n on. count is how many there are where
// the environment, whose variable for it is called many, says nothing.
func Range(t testing.TB, many string, count uint64) (first, end uint64) {
	t.Helper()
	if one := Number(t, "SEED", 0); one > 0 {
		return one, one + 1
	}
	first = Number(t, "FIRST", 1)
	return first, first + Number(t, many, count)
}
