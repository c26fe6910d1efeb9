package seeds

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/bubble"
)

// shared is made before any bubble, since what it makes takes real time.
var shared bubble.Shared

// collectLater is the GC percentage: a storm allocates much, keeps little, and two of them run at once.
const collectLater = 300

func TestMain(m *testing.M) {
	debug.SetGCPercent(collectLater)
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "lcm-seeds-")
	if err == nil {
		defer func() { _ = os.RemoveAll(dir) }()
		shared, err = bubble.Share(filepath.Join(dir, "files"))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}
