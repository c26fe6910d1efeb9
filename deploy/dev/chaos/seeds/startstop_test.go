package seeds

import (
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/run"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/bubble"
)

// TestStartAndStopAgainAndAgain stops processes at all moments of their start, among others that work, with and without etcd.
func TestStartAndStopAgainAndAgain(t *testing.T) {
	for _, service := range bubble.Services() {
		t.Run(service, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := still(t)
				defer func() { require.NoError(t, s.plane.Stop()) }()
				random := rand.New(rand.NewPCG(4, 4)) //nolint:gosec // a plan, not a secret
				for n := range rounds(service) {
					s.plane.Etcd.SetDown(n%5 == 4)
					took, err := s.plane.Cycle(service, time.Duration(random.IntN(1500))*time.Millisecond)
					require.NoError(t, err, "round %d", n)
					require.LessOrEqual(t, took, run.StopTimeout, "round %d", n)
				}
				s.plane.Etcd.SetDown(false)
				s.book(0)
				s.settle()
			})
		})
	}
}

// rounds is how often a service is started; the API takes a while to put its routes together.
func rounds(service string) int {
	if service == bubble.API {
		return 15
	}
	return 60
}
