package e2e

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/run"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/cli"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/demo"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
)

// TestMain lets the test binary be the child process of a split plane.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "service" {
		os.Exit(run.Main(context.Background(), os.Args[2], func(ctx context.Context) error { return cli.Run(ctx, os.Args[1:], os.Stdout) }))
	}
	os.Exit(m.Run())
}

// system is a whole Lablet Cloud Manager for one test.
type system struct {
	t       *testing.T
	plane   *plane.Plane
	outside *demo.Outside
	people  demo.People
	at      plane.Endpoints
	stop    func()
}

// within bounds everything that a test waits for.
const within = 90 * time.Second

func start(t *testing.T, change func(*plane.Options)) *system {
	t.Helper()
	o := plane.Fast(filepath.Join(t.TempDir(), "data"), slog.New(slog.DiscardHandler))
	o.Rate = 200
	o.Executable, _ = os.Executable()
	if change != nil {
		change(&o)
	}
	ctx, cancel := context.WithCancel(context.Background())
	p, err := plane.New(ctx, o)
	require.NoError(t, err)
	stopped := make(chan error, 1)
	go func() { stopped <- p.Run(ctx) }()
	s := &system{t: t, plane: p, at: p.Endpoints(), outside: demo.NewOutside(p.Endpoints())}
	s.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-stopped:
			require.NoError(t, err)
		case <-time.After(15 * time.Second):
			t.Error("the system did not stop in time")
		}
	})
	t.Cleanup(func() {
		s.stop()
		if t.Failed() {
			log, _ := os.ReadFile(filepath.Join(o.Dir, "lcm.log"))
			t.Logf("log:\n%s", log[max(0, len(log)-20000):])
		}
	})
	require.NoError(t, demo.Until(s.ctx(), func() (bool, error) {
		s.people, err = demo.NewPeople(s.ctx(), s.at, s.outside)
		return err == nil, nil
	}))
	return s
}

// in is the system for a subtest.
func (s *system) in(t *testing.T) *system {
	inner := *s
	inner.t = t
	return &inner
}

func (s *system) ctx() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	s.t.Cleanup(cancel)
	return ctx
}

// publish makes a definition of the sample lab from a content package.
func (s *system) publish() api.Definition {
	s.t.Helper()
	d, err := demo.Publish(s.ctx(), s.people, s.outside, []byte(demo.Sample()), time.Now())
	require.NoError(s.t, err)
	return d
}

func (s *system) book(definition string, minutes float64) api.Instance {
	s.t.Helper()
	i, err := demo.Book(s.ctx(), s.people, definition, minutes)
	require.NoError(s.t, err)
	return i
}

func (s *system) get(id string) api.Instance {
	s.t.Helper()
	i, err := s.people.User.GetInstance(s.ctx(), api.ID{ID: id})
	require.NoError(s.t, err)
	return i
}

// reach waits until an instance has a status, or has passed it.
func (s *system) reach(id, status string) api.Instance {
	s.t.Helper()
	var i api.Instance
	err := demo.Until(s.ctx(), func() (bool, error) {
		i = s.get(id)
		return visited(i, status), nil
	})
	require.NoError(s.t, err, "instance is %s, waiting for %s: %+v", i.Status, status, i.Conditions)
	return i
}

// ended waits for the end and checks that nothing is left.
func (s *system) ended(id string) api.Instance {
	s.t.Helper()
	var i api.Instance
	err := demo.Until(s.ctx(), func() (bool, error) {
		i = s.get(id)
		return i.IsTerminal && len(i.Finalizers) == 0, nil
	})
	require.NoError(s.t, err, "instance is %s with %v: %+v", i.Status, i.Finalizers, i.Conditions)
	left, err := s.outside.LeftOver(s.ctx(), id)
	require.NoError(s.t, err)
	require.Empty(s.t, left)
	s.unbooked(i)
	return i
}

func (s *system) unbooked(i api.Instance) {
	s.t.Helper()
	workers, err := s.people.Admin.ListWorkers(s.ctx(), api.ListWorkers{})
	require.NoError(s.t, err)
	for _, w := range workers {
		require.NoError(s.t, demo.Until(s.ctx(), func() (bool, error) {
			now, err := s.people.Admin.GetWorker(s.ctx(), api.ID{ID: w.ID})
			if err != nil {
				return false, err
			}
			for _, held := range now.PortAllocations {
				if held.InstanceID == i.ID {
					return false, nil
				}
			}
			return true, nil
		}), "worker %s still has a booking of %s", w.ID, i.ID)
	}
}

func visited(i api.Instance, status string) bool {
	for _, t := range i.StateHistory {
		if t.ToState == status {
			return true
		}
	}
	return false
}

func lastReason(i api.Instance) string { return i.StateHistory[len(i.StateHistory)-1].Reason }

func reasonOf(i api.Instance, status string) string {
	for _, t := range i.StateHistory {
		if t.ToState == status {
			return t.Reason
		}
	}
	return ""
}

// fault makes a simulator misbehave.
func (s *system) fault(simulator string, rule map[string]any) {
	s.t.Helper()
	require.NoError(s.t, s.outside.Call(s.ctx(), "POST", simulator+"/_sim/faults", rule, nil))
}
