package chaos

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/demo"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/replay"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// everything is whether all boundaries are tried: that is for make chaos, since each costs a life of a lab.
func everything() bool { return os.Getenv("LCM_CHAOS") != "" }

// readRounds is how many of the reads of a kind are tried.
const readRounds = 4

// cuts lists the boundaries of the calls that were counted, ROUNDS=n at most of each kind of call. Without LCM_CHAOS only the
// kinds that make something are tried, after their effect, which is where a careless controller makes it twice.
func cuts(t *testing.T, points []point, counts map[point]int, sample ...string) (all []cut) {
	rounds := int(replay.Number(t, "ROUNDS", never))
	for _, p := range points {
		if !everything() {
			if slices.Contains(sample, p.String()) {
				all = append(all, cut{p, 1, kit.After})
			}
			continue
		}
		if p.reads() {
			for n := 1; n <= min(counts[p], rounds, readRounds); n++ {
				all = append(all, cut{p, n, kit.Before})
			}
			continue
		}
		for n := 1; n <= min(counts[p], rounds); n++ {
			all = append(all, cut{p, n, kit.Before}, cut{p, n, kit.After})
		}
	}
	return all
}

// TestCrashesInALabsLife kills lablet-controller at the boundaries of its calls.
func TestCrashesInALabsLife(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.completed(t, s.book(t).ID) // makes the worker
	counts := s.count(t, labPoints(), func(t *testing.T) { s.completed(t, s.book(t).ID) })
	for _, c := range cuts(t, labPoints(), counts, "cml.POST.api.v0.import", "lds.POST.reservations") {
		t.Run(c.String(), func(t *testing.T) {
			starts := s.plane.Starts(c.service)
			killed := s.killAt(t, c)
			s.completed(t, s.book(t).ID)
			require.NoError(t, killed())
			require.Greater(t, s.plane.Starts(c.service), starts)
			require.Len(t, s.live(t), 1, "one worker, one machine")
		})
	}
	require.Positive(t, counts[labPoints()[0]], "nothing was imported: the points do not fit the calls")
	s.endWorkers(t)
}

// TestCrashesInAWorkersLife kills worker-controller at the boundaries of its calls.
func TestCrashesInAWorkersLife(t *testing.T) {
	t.Parallel()
	s := newStage(t, func(o *plane.Options) { o.Candidate.Works = 0 })
	counts := s.count(t, workerPoints(), func(t *testing.T) { s.workersLife(t) })
	for _, p := range workerPoints() {
		require.Positive(t, counts[p], "no call: %s", p)
	}
	for _, c := range cuts(t, workerPoints(), counts, "ec2.RunInstances") {
		t.Run(c.String(), func(t *testing.T) {
			before, err := s.outside.Machines(s.ctx(t))
			require.NoError(t, err)
			killed := s.killAt(t, c)
			s.workersLife(t)
			require.NoError(t, killed())
			after, err := s.outside.Machines(s.ctx(t))
			require.NoError(t, err)
			require.Len(t, after, len(before)+1, "one worker had one machine")
		})
	}
}

// TestCrashesOfTheAPI kills control-plane-api when a controller's write of each kind has come to it and when it has done it, before the
// controller hears of it.
func TestCrashesOfTheAPI(t *testing.T) {
	if !everything() {
		t.Skip("part of make chaos")
	}
	t.Parallel()
	s := newStage(t, nil)
	lab, worker, calls := s.undisturbed(t)
	for _, kind := range append(writesTo(calls, lab), writesTo(calls, worker)...) {
		p := point{service: plane.API, simulator: atAPI, method: kind.method, path: strings.Replace(kind.path, "{id}", "*", 1)}
		for _, c := range []cut{{p, 1, kit.Before}, {p, 1, kit.After}} {
			t.Run(c.String(), func(t *testing.T) {
				starts := s.plane.Starts(plane.API)
				killed := s.killAt(t, c)
				s.completed(t, s.book(t).ID)
				require.Len(t, s.live(t), 1, "one worker, one machine")
				if strings.Contains(p.path, "/workers/") {
					s.endWorkers(t)
				}
				require.NoError(t, killed())
				require.Greater(t, s.plane.Starts(plane.API), starts)
			})
		}
	}
	s.endWorkers(t)
}

// workersLife books a lab where there is no worker, has the worker come up with its licence, and ends both.
func (s *stage) workersLife(t *testing.T) {
	t.Helper()
	i := s.book(t)
	err := demo.Until(s.ctx(t), func() (bool, error) {
		var err error
		i, err = s.people.User.GetInstance(s.ctx(t), api.ID{ID: i.ID})
		return err == nil && i.WorkerID != "", nil
	})
	require.NoError(t, err, demo.Describe(i))
	_, err = s.people.User.TerminateInstance(s.ctx(t), api.TerminateInstance{ID: i.ID})
	require.NoError(t, err)
	s.endWorkers(t)
}

// TestKillsAtAnyTime kills services, the API among them, at moments drawn from a seed. KILLS=n runs n lives, SEED=n replays one.
func TestKillsAtAnyTime(t *testing.T) {
	if !everything() {
		t.Skip("part of make chaos")
	}
	t.Parallel()
	first, end := replay.Range(t, "KILLS", 12)
	s := newStage(t, nil)
	for seed := first; seed < end; seed++ {
		t.Run(fmt.Sprintf("SEED=%d", seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 3)) //nolint:gosec // a plan, not a secret
			i := s.book(t)
			for range 1 + random.IntN(4) {
				service := plane.Services()[random.IntN(4)]
				<-time.After(time.Duration(random.IntN(3000)) * time.Millisecond)
				require.NoError(t, s.plane.Kill(s.ctx(t), service))
			}
			s.completed(t, i.ID)
		})
	}
	s.endWorkers(t)
}
