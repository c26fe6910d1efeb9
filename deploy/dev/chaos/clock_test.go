package chaos

import (
	"context"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/chaos/internal/wallclock"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/demo"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
)

// wrongFor is how long a clock is wrong: long enough for leases to be renewed and to run out.
const wrongFor = 3 * leaseTTL

// withClocks gives a system whose services have a wall clock each.
func withClocks(t *testing.T) (s *stage, clocks map[string]*wallclock.Clock) {
	t.Helper()
	dir, settings := t.TempDir(), map[string][]string{}
	clocks = map[string]*wallclock.Clock{}
	ctx, cancel := context.WithTimeout(t.Context(), buildTime)
	defer cancel()
	program, err := wallclock.Build(ctx, "../cmd/lcm-dev", dir)
	require.NoError(t, err)
	for _, service := range plane.Services() {
		clocks[service], err = wallclock.New(filepath.Join(dir, service))
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, clocks[service].Close()) })
		settings[service] = []string{clocks[service].Setting()}
	}
	return newStage(t, func(o *plane.Options) { o.Executable, o.Settings, o.Candidate.Auto = program, settings, false }), clocks
}

// buildTime bounds the build of a program from the standard library on.
const buildTime = 15 * time.Minute

// TestAClockIsPutWrong puts the wall clock of one process wrong after another while a lab lives: an hour ahead, which is past its end, an
// hour back, and at half and twice the speed. Nobody may end the lab or its worker for it, and no lease may suffer. The first time
// it builds the program anew from the standard library on, which takes minutes.
func TestAClockIsPutWrong(t *testing.T) {
	if !everything() {
		t.Skip("part of make chaos")
	}
	t.Parallel()
	s, clocks := withClocks(t)
	i := s.ready(t)
	for _, service := range plane.Services() {
		for _, wrong := range []struct {
			name, reason string
			put          func(ctx context.Context, c *wallclock.Clock) error
		}{
			{"an hour ahead", "by this clock the lab's time is over", off(time.Hour)},
			{"an hour back", "by this clock the lab's time has not come", off(-time.Hour)},
			{"fast", "time-outs end early", func(ctx context.Context, c *wallclock.Clock) error { return c.Run(ctx, 2) }},
			{"slow", "leases seem to last", func(ctx context.Context, c *wallclock.Clock) error { return c.Run(ctx, 0.5) }},
		} {
			t.Run(service+"/"+wrong.name, func(t *testing.T) {
				before := s.standing(t, i)
				ctx, cancel := context.WithTimeout(s.ctx(t), wrongFor)
				defer cancel()
				done := make(chan error, 1)
				go func() { done <- wrong.put(ctx, clocks[service]) }()
				s.look(ctx, t, service)
				require.NoError(t, errors.Join(<-done, clocks[service].Set(0)))
				require.Equal(t, before, s.standing(t, i), wrong.reason)
			})
		}
	}
	_, err := s.people.User.TerminateInstance(s.ctx(t), api.TerminateInstance{ID: i})
	require.NoError(t, err)
	s.endWorkers(t)
	require.Len(t, s.machines(t), 1)
}

// off puts a clock wrong once.
func off(by time.Duration) func(context.Context, *wallclock.Clock) error {
	return func(ctx context.Context, c *wallclock.Clock) error {
		err := c.Set(by)
		<-ctx.Done()
		return err
	}
}

// ready books a lab for less than an hour and waits until a candidate could begin.
func (s *stage) ready(t *testing.T) (id string) {
	t.Helper()
	i, err := demo.Book(s.ctx(t), s.people, s.definition.ID, 30)
	require.NoError(t, err)
	require.NoError(t, demo.Until(s.ctx(t), func() (bool, error) {
		i, err = s.people.User.GetInstance(s.ctx(t), api.ID{ID: i.ID})
		return i.Status == lifecycle.InstanceReady, err
	}), demo.Describe(i))
	return i.ID
}

// standing is what no clock may change.
type standing struct {
	Lab, Worker string
	Machines    []string
	// Terms are those of the leaders: the next one would tell that a lease was lost.
	Terms map[string]int64
}

func (s *stage) standing(t *testing.T, id string) standing {
	t.Helper()
	i, err := s.people.User.GetInstance(s.ctx(t), api.ID{ID: id})
	require.NoError(t, err)
	w, err := s.people.Admin.GetWorker(s.ctx(t), api.ID{ID: i.WorkerID})
	require.NoError(t, err)
	now := standing{Lab: string(i.Status), Worker: string(w.Status), Machines: s.live(t), Terms: map[string]int64{}}
	for _, service := range controllers() {
		require.NoError(t, s.succeeded(s.ctx(t), service, 0))
		now.Terms[service] = s.term(s.ctx(t), service)
	}
	return now
}

// look has a controller whose clock is wrong look at all that it has, and checks that it is wrong.
func (s *stage) look(ctx context.Context, t *testing.T, service string) {
	t.Helper()
	require.NoError(t, demo.Until(ctx, func() (bool, error) {
		response := s.ask(ctx, t, service, http.MethodGet, "/ready")
		shown, err := http.ParseTime(response.Header.Get("Date"))
		return err == nil && time.Since(shown).Abs() > time.Second, nil
	}), "the clock is right")
	if service != plane.API {
		require.Equal(t, http.StatusOK, s.ask(ctx, t, service, http.MethodPost, "/admin/trigger-reconcile").StatusCode)
	}
}

// ask calls a service with the key that it has for the API.
func (s *stage) ask(ctx context.Context, t *testing.T, service, method, path string) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, method, s.at.Services[service]+path, nil)
	require.NoError(t, err)
	for _, line := range s.plane.Environment(service) {
		if key, found := strings.CutPrefix(line, "CONTROL_PLANE_API_KEY="); found {
			request.Header.Set(api.HeaderAPIKey, key)
		}
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, response.Body)
	require.NoError(t, errors.Join(err, response.Body.Close()))
	return response
}
