package chaos

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/demo"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/wire"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// patient lets phases last longer than callers wait for one answer, which is up to a minute. EC2 shows an ended machine for an hour of
// its own time, which is to be longer as well.
func patient(o *plane.Options) {
	o.GradingTimeout, o.StartTimeout, o.Rate = 3*time.Minute, 3*time.Minute, 40
}

// abandoned waits until the caller of the call that a rule holds has given up.
func (s *stage) abandoned(p point) func(context.Context) error {
	return func(ctx context.Context) error {
		return demo.Until(ctx, func() (bool, error) {
			r, err := s.state(ctx, p, "cut")
			return r.Held == 0, err
		})
	}
}

// TestAnAnswerFromOutsideThatNeverComes withholds what an outside system answers, after it has done what was asked, until the caller's
// own time-out has passed. Nobody is killed: the caller must look what became of it.
func TestAnAnswerFromOutsideThatNeverComes(t *testing.T) {
	if !everything() {
		t.Skip("part of make chaos")
	}
	for _, p := range append(workerPoints(), labPoints()...) {
		if !slices.Contains([]string{
			"ec2.RunInstances", "ec2.TerminateInstances", "cml.POST.api.v0.licensing", "cml.DELETE.api.v0.licensing", "cml.POST.api.v0.import",
			"cml.PUT.api.v0.labs", "cml.DELETE.api.v0.labs", "lds.POST.reservations", "lds.PUT.reservations", "grading.POST.api",
		}, p.String()) {
			continue
		}
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			s := newStage(t, patient)
			imports := s.counted(t, importPoint())
			done := s.strikeAt(t, cut{p, 1, kit.After}, s.abandoned(p))
			s.completed(t, s.book(t).ID)
			s.endWorkers(t)
			require.NoError(t, done())
			require.Len(t, s.machines(t), 1, "one worker, one machine")
			require.Equal(t, 1, imports(), "one lab was imported once")
		})
	}
}

// write is a kind of call by which controllers change an aggregate; {id} stands for the aggregate's id in its path.
type write struct{ method, path string }

func (w write) String() string {
	return w.method + "." + strings.NewReplacer("/api/internal/", "", "/{id}", "", "/", ".").Replace(w.path)
}

// writesTo lists the kinds of calls that named an aggregate and come in every life; conditions come where somebody has to wait, and
// a schedule is the fleet's.
func writesTo(calls []wire.Call, id string) (kinds []write) {
	for _, c := range calls {
		if kind := path.Base(c.Path); strings.Contains(c.Path, id) && kind != "conditions" && kind != "schedule" {
			kinds = append(kinds, write{c.Method, strings.ReplaceAll(c.Path, id, "{id}")})
		}
	}
	slices.SortFunc(kinds, func(a, b write) int { return cmp.Compare(a.String(), b.String()) })
	return slices.Compact(kinds)
}

// withhold keeps the answer to the next call of a kind that names an aggregate. struck checks that there was one, and that its caller
// went away without an answer.
func (s *stage) withhold(t *testing.T, kind write, id string) (struck func()) {
	t.Helper()
	p := point{simulator: atAPI, method: kind.method, path: strings.ReplaceAll(kind.path, "{id}", id)}
	rule := kit.Rule{ID: t.Name(), Times: 1, Hold: kit.After}
	s.arm(t, p, rule)
	return func() {
		require.NoError(t, demo.Until(s.ctx(t), func() (bool, error) {
			r, err := s.state(s.ctx(t), p, rule.ID)
			return r.Fired == 1 && r.Held == 0, err
		}), "no call, or its caller still waits: %s", p)
	}
}

// undisturbed has a lab and its worker live and end in fair weather, and tells their ids and the calls that were made for them.
func (s *stage) undisturbed(t *testing.T) (lab, worker string, calls []wire.Call) {
	t.Helper()
	lab = s.book(t).ID
	s.completed(t, lab)
	worker = s.worker(t).ID
	s.endWorkers(t)
	return lab, worker, s.calls.Calls()
}

// TestAnAnswerOfTheAPIThatNeverComes withholds what control-plane-api answers to each kind of a controller's write, after it has been
// done, until the caller's own time-out has passed. The end is the undisturbed one.
func TestAnAnswerOfTheAPIThatNeverComes(t *testing.T) {
	if !everything() {
		t.Skip("part of make chaos")
	}
	t.Parallel()
	s := newStage(t, patient)
	lab, worker, calls := s.undisturbed(t)
	s.answersOfTheFleet(t)
	t.Run("labs", func(t *testing.T) {
		for _, kind := range writesTo(calls, lab) {
			t.Run(kind.String(), func(t *testing.T) {
				t.Parallel()
				i := s.book(t)
				struck := s.withhold(t, kind, i.ID)
				s.ended(t, i.ID)
				struck()
			})
		}
	})
	s.endWorkers(t)
	t.Run("workers", func(t *testing.T) {
		for _, kind := range writesTo(calls, worker) {
			t.Run(kind.String(), func(t *testing.T) {
				t.Parallel()
				before := len(s.machines(t))
				s.workerAlone(t, kind)
				require.Greater(t, len(s.machines(t)), before)
			})
		}
	})
	workers, err := s.people.Admin.ListWorkers(s.ctx(t), api.ListWorkers{IncludeTerminated: true})
	require.NoError(t, err)
	require.Len(t, s.machines(t), len(workers), "each worker had one machine")
	require.Empty(t, s.seats(t), "licence seats are left")
}

// answersOfTheFleet withholds the answers to what is asked before there is a worker or of whom there is.
func (s *stage) answersOfTheFleet(t *testing.T) {
	for _, route := range []string{api.RouteScaleUp.Path, strings.Replace(api.RouteSchedule.Path, "{id}", "*", 1)} {
		kind := write{http.MethodPost, route}
		t.Run(kind.String(), func(t *testing.T) {
			struck := s.withhold(t, kind, "")
			s.completed(t, s.book(t).ID)
			struck()
			require.Len(t, s.live(t), 1, "one lab wants one worker")
		})
	}
	s.endWorkers(t)
}

// worker is the only one.
func (s *stage) worker(t *testing.T) api.Worker {
	t.Helper()
	workers, err := s.people.Admin.ListWorkers(s.ctx(t), api.ListWorkers{})
	require.NoError(t, err)
	require.Len(t, workers, 1)
	return workers[0]
}

// workerAlone makes a worker and ends it when it can work; one answer to a kind of call about it is withheld.
func (s *stage) workerAlone(t *testing.T, kind write) {
	t.Helper()
	w, err := s.people.Admin.CreateWorker(s.ctx(t), api.CreateWorker{Body: api.CreateWorkerBody{
		NewWorker: api.NewWorker{Name: fmt.Sprintf("alone %d", time.Now().UnixNano()), TemplateName: "medium"},
	}})
	require.NoError(t, err)
	id := w.ID
	struck := s.withhold(t, kind, id)
	err = s.workerUntil(t, id, func(w api.Worker) bool {
		return w.Status == lifecycle.WorkerRunning && w.LicenseStatus == lifecycle.LicenseRegistered
	})
	require.NoError(t, err)
	_, err = s.people.Admin.DeleteWorker(s.ctx(t), api.DeleteWorker{ID: id})
	require.NoError(t, err)
	err = s.workerUntil(t, id, func(w api.Worker) bool { return w.Status == lifecycle.WorkerTerminated && len(w.Finalizers) == 0 })
	require.NoError(t, err)
	struck()
}

func (s *stage) workerUntil(t *testing.T, id string, is func(api.Worker) bool) error {
	t.Helper()
	var last string
	err := demo.Until(s.ctx(t), func() (bool, error) {
		w, err := s.people.Admin.GetWorker(s.ctx(t), api.ID{ID: id})
		last = demo.DescribeWorker(w, err)
		return err == nil && is(w), nil
	})
	if err != nil {
		return errors.Join(err, errors.New(last))
	}
	return nil
}
