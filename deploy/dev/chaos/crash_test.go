package chaos

import (
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/demo"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
)

// everything is whether all boundaries are tried: that is for make chaos, since each costs a life of a lab.
func everything() bool { return os.Getenv("LCM_CHAOS") != "" }

// cuts lists the boundaries of the calls that were counted, ROUNDS=n at most of each kind of call. Without LCM_CHAOS only the
// kinds that make something are tried, after their effect, which is where a careless controller makes it twice.
func cuts(t *testing.T, points []point, counts map[point]int, sample ...string) (all []cut) {
	rounds := int(number(t, "ROUNDS", never))
	for _, p := range points {
		if !everything() {
			if slices.Contains(sample, p.String()) {
				all = append(all, cut{p, 1, "after"})
			}
			continue
		}
		for n := 1; n <= min(counts[p], rounds); n++ {
			all = append(all, cut{p, n, "before"}, cut{p, n, "after"})
		}
	}
	return all
}

// TestCrashesInALabsLife kills lablet-controller at the boundaries of its calls.
func TestCrashesInALabsLife(t *testing.T) {
	s := newStage(t, nil)
	s.completed(t, s.book(t).ID) // makes the worker
	counts := s.count(t, labPoints(), func(t *testing.T) { s.completed(t, s.book(t).ID) })
	for _, c := range cuts(t, labPoints(), counts, "cml_POST/api/v0/import*", "lds_POST/reservations/*") {
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
	s := newStage(t, func(o *plane.Options) { o.Candidate.Works = 0 })
	counts := s.count(t, workerPoints(), func(t *testing.T) { s.workersLife(t) })
	for _, p := range workerPoints() {
		require.Positive(t, counts[p], "no call: %s", p)
	}
	for _, c := range cuts(t, workerPoints(), counts, "ec2_RunInstances") {
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

// workersLife books a lab where there is no worker, has the worker come up with its licence, and ends both.
func (s *stage) workersLife(t *testing.T) {
	t.Helper()
	i := s.book(t)
	err := demo.Until(s.ctx(t), func() (bool, error) {
		var err error
		i, err = s.people.User.GetInstance(s.ctx(t), api.ID{ID: i.ID})
		return err == nil && i.WorkerID != "", nil
	})
	require.NoError(t, err, describe(i))
	_, err = s.people.User.TerminateInstance(s.ctx(t), api.TerminateInstance{ID: i.ID})
	require.NoError(t, err)
	s.endWorkers(t)
}
