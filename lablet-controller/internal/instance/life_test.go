package instance

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
)

// end is what a life leaves behind.
type end struct {
	status            lifecycle.InstanceStatus
	labs, sessions    int
	imports, creates  int
	gradings, graded  int
	passed            bool
	score             float64
	evidence, url     string
	moves, finalizers int
}

func (w *world) end() end {
	e := end{
		status: w.instance.Status, labs: len(w.cml.labs), imports: w.cml.made, creates: len(w.lds.sessions),
		gradings: w.grader.created, graded: w.grader.graded, evidence: w.api.evidence, url: w.api.url,
		moves: len(w.api.reasons), finalizers: len(w.instance.Finalizers),
	}
	for _, s := range w.lds.sessions {
		if !s.released {
			e.sessions++
		}
	}
	if w.api.score != nil && w.api.score.Score != nil {
		e.score, e.passed = w.api.score.Score.TotalPointsEarned, *w.api.score.Score.Passed
	}
	return e
}

// theEnd is that of a life without trouble, and must be that of every life with one fault.
var theEnd = end{
	status: lifecycle.InstanceTerminated, imports: 1, creates: 1, gradings: 1, graded: 1, passed: true, score: 8,
	evidence: "s3://evidence/" + theID + "/1/evidence.zip", url: "https://lds.example/?jwt=session-1", moves: 8,
}

func TestALifeFromScheduledToTerminated(t *testing.T) {
	w := newWorld(t)
	w.until(w.settledDown)
	require.Equal(t, theEnd, w.end())
	require.Equal(t, []string{
		"instantiating:", "ready:", "running:session_started", "collecting:user_finished", "grading:collected", "stopping:graded",
		"stopped:lab_stopped", "archived:cleaned_up",
	}, w.api.reasons)
}

// TestEveryCallMayFailOrBeTheLast cuts a life at each of its calls, before and after the call's effect, and with the process
// surviving or ending there. Nothing is made twice and the end is the same.
func TestEveryCallMayFailOrBeTheLast(t *testing.T) {
	whole := newWorld(t)
	whole.until(whole.settledDown)
	for n, call := range whole.calls {
		for _, when := range []moment{before, after} {
			for _, dies := range []bool{false, true} {
				t.Run(fmt.Sprintf("%03d %s %d %t", n, call, when, dies), func(t *testing.T) {
					w := newWorld(t)
					w.dies = dies
					w.fault = func(number int, _ string) moment {
						if number == n {
							return when
						}
						return never
					}
					w.until(w.settledDown)
					require.Equal(t, theEnd, w.end(), "calls: %v", w.calls)
				})
			}
		}
	}
}

// TestManyCallsFail cuts one call in eight, over and over.
func TestManyCallsFail(t *testing.T) {
	for seed := range uint64(200) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := newWorld(t)
			random := rand.New(rand.NewPCG(seed, 1))
			w.fault = func(int, string) moment {
				w.dies = random.IntN(2) == 0
				if random.IntN(8) > 0 {
					return never
				}
				return moment(1 + random.IntN(2))
			}
			w.until(w.settledDown)
			require.Equal(t, theEnd, w.end())
		})
	}
}

// TestTerminationAtAnyTimeLeavesNothing ends the instance from outside after each of its calls.
func TestTerminationAtAnyTimeLeavesNothing(t *testing.T) {
	whole := newWorld(t)
	whole.until(whole.settledDown)
	for n, call := range whole.calls {
		t.Run(fmt.Sprintf("%03d %s", n, call), func(t *testing.T) {
			w := newWorld(t)
			w.fault = func(number int, _ string) moment {
				if number == n && w.instance.Status != lifecycle.InstanceTerminated {
					w.instance.Status = lifecycle.InstanceTerminated
					w.instance.Generation++
				}
				return never
			}
			w.until(w.settledDown)
			require.Empty(t, w.cml.labs)
			require.Zero(t, w.end().sessions)
		})
	}
}

func TestALostAttemptIsCleanedUpBesideTheNext(t *testing.T) {
	w := newWorld(t)
	w.untilStatus(lifecycle.InstanceReady)
	w.instance.Attempt, w.instance.Status, w.instance.WorkerID = 2, lifecycle.InstancePending, ""
	w.instance.CMLLabID, w.instance.LDSSessionID = "", ""
	w.instance.Generation++
	w.until(func() bool { return len(w.instance.Finalizers) == 0 })
	require.Empty(t, w.cml.labs, "the first attempt's lab is gone")
	require.Zero(t, w.end().sessions)

	w.instance.Status, w.instance.WorkerID, w.instance.StatusSince = lifecycle.InstanceScheduled, "w", w.now
	w.instance.Generation++
	w.untilStatus(lifecycle.InstanceReady)
	require.Equal(t, theID+"-2", w.cml.labs["lab-2"].lab.Title)
	w.until(w.settledDown)
	require.Equal(t, 2, w.cml.made)
}

func TestTheRemainsOfALostAttemptDoNotHoldUpTheNext(t *testing.T) {
	w := newWorld(t)
	w.untilStatus(lifecycle.InstanceInstantiating)
	w.until(func() bool { return w.cml.made == 1 })
	old := w.worker
	old.Status = lifecycle.WorkerStopped
	w.instance.Finalizers[0].WorkerID = "old"
	w.instance.Attempt, w.instance.Generation, w.instance.StatusSince = 2, w.instance.Generation+1, w.now
	w.worker.ID = "w"
	w.until(func() bool { return w.instance.Status == lifecycle.InstanceReady })
	require.Less(t, w.now.Sub(w.instance.StatusSince), time.Minute)
}
