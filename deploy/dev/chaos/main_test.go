package chaos

import (
	"os"
	"testing"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/failover"
)

// TestMain lets the test binary be the child process of a split plane or of a contest.
func TestMain(m *testing.M) {
	if status, is := failover.Child(os.Args); is {
		os.Exit(status)
	}
	os.Exit(m.Run())
}
