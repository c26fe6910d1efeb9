package chaos

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/demo"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/wire"
)

// stage is a whole system of real processes: embedded etcd and the simulators here, each service as a child. Controllers reach
// control-plane-api by a relay that notes their writes.
type stage struct {
	t          *testing.T
	plane      *plane.Plane
	api        *wire.Relay
	calls      wire.Log
	at         plane.Endpoints
	outside    *demo.Outside
	people     demo.People
	definition api.Definition
}

// tailBytes is how much of a log's end a failure shows.
const tailBytes = 12_000

// lifetime bounds one life of a lab with everything that is done to it.
const lifetime = 2 * time.Minute

func newStage(t *testing.T, change func(*plane.Options)) *stage {
	t.Helper()
	o := plane.Fast(filepath.Join(t.TempDir(), "data"), slog.New(slog.DiscardHandler))
	o.Rate, o.Split, o.Candidate.Works = 200, true, time.Second
	o.Executable, _ = os.Executable()
	if change != nil {
		change(&o)
	}
	s := &stage{t: t}
	o.Via = s.relay
	ctx, cancel := context.WithCancel(context.Background())
	p, err := plane.New(ctx, o)
	require.NoError(t, err)
	stopped := make(chan error, 1)
	go func() { stopped <- p.Run(ctx) }()
	s.plane, s.at, s.outside = p, p.Endpoints(), demo.NewOutside(p.Endpoints())
	t.Cleanup(sync.OnceFunc(func() {
		cancel()
		require.NoError(t, errors.Join(<-stopped, s.api.Close()))
		requireRisingTerms(t, s.calls.Calls())
		if t.Failed() {
			log, _ := os.ReadFile(filepath.Join(o.Dir, "lcm.log"))
			t.Logf("log's end:\n%s", log[max(0, len(log)-tailBytes):])
		}
	}))
	require.NoError(t, demo.Until(s.ctx(t), func() (bool, error) {
		s.people, err = demo.NewPeople(s.ctx(t), s.at, s.outside)
		return err == nil, nil
	}))
	s.definition, err = demo.Publish(s.ctx(t), s.people, s.outside, []byte(demo.Sample()), time.Now())
	require.NoError(t, err)
	return s
}

func (s *stage) relay(to string) (url string, err error) {
	if s.api, err = s.calls.Open("controllers", to); err != nil {
		return "", err
	}
	return s.api.URL, nil
}

func (s *stage) ctx(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), lifetime)
	t.Cleanup(cancel)
	return ctx
}

// book books a lab at once.
func (s *stage) book(t *testing.T) api.Instance {
	t.Helper()
	i, err := demo.Book(s.ctx(t), s.people, s.definition.ID, 5)
	require.NoError(t, err)
	return i
}

// completed waits for the end of the only lab's life and checks that it is the one of fair weather, and that its worker is free.
func (s *stage) completed(t *testing.T, id string) {
	t.Helper()
	i := s.ended(t, id)
	require.NoError(t, demo.Until(s.ctx(t), func() (bool, error) {
		w, err := s.people.Admin.GetWorker(s.ctx(t), api.ID{ID: i.WorkerID})
		return err == nil && w.Bookings == 0, nil
	}), "the worker still has a booking")
}

// ended waits for the end of a lab's life and checks that it is the one of fair weather: graded, made once, nothing left.
func (s *stage) ended(t *testing.T, id string) (i api.Instance) {
	t.Helper()
	err := demo.Until(s.ctx(t), func() (bool, error) {
		var err error
		i, err = s.people.User.GetInstance(s.ctx(t), api.ID{ID: id})
		return err == nil && i.IsTerminal && len(i.Finalizers) == 0, nil
	})
	require.NoError(t, err, demo.Describe(i))
	require.Equal(t, "completed", i.StateHistory[len(i.StateHistory)-1].Reason, demo.Describe(i))
	require.NotNil(t, i.GradingScore, demo.Describe(i))
	left, err := s.outside.LeftOver(s.ctx(t), id)
	require.NoError(t, err)
	require.Empty(t, left)
	require.Equal(t, 1, s.sessions(t, id), "sessions of %s, released ones too", id)
	return i
}

func (s *stage) sessions(t *testing.T, id string) (n int) {
	t.Helper()
	all, err := s.outside.Sessions(s.ctx(t))
	require.NoError(t, err)
	for _, session := range all {
		if owner, _ := session.Record.Booking["auth_id"].(string); strings.Contains(owner, id) {
			n++
		}
	}
	return n
}

// machines lists all that were ever launched.
func (s *stage) machines(t *testing.T) []demo.Machine {
	t.Helper()
	all, err := s.outside.Machines(s.ctx(t))
	require.NoError(t, err)
	return all
}

// live lists the machines that are not gone.
func (s *stage) live(t *testing.T) (ids []string) {
	t.Helper()
	for _, m := range s.machines(t) {
		if m.State != "terminated" && m.State != "shutting-down" {
			ids = append(ids, m.ID)
		}
	}
	return ids
}

// endWorkers ends all workers and checks that neither a machine nor a licence seat is left.
func (s *stage) endWorkers(t *testing.T) {
	t.Helper()
	var last string
	err := demo.Until(s.ctx(t), func() (bool, error) {
		workers, err := s.people.Admin.ListWorkers(s.ctx(t), api.ListWorkers{IncludeTerminated: true})
		if err != nil {
			return false, nil
		}
		for _, w := range workers {
			if w.DesiredStatus != lifecycle.WorkerTerminated {
				_, err = s.people.Admin.DeleteWorker(s.ctx(t), api.DeleteWorker{ID: w.ID})
			}
			if w.Status != lifecycle.WorkerTerminated || len(w.Finalizers) > 0 {
				last = demo.DescribeWorker(w, err)
				return false, nil
			}
		}
		return true, nil
	})
	require.NoError(t, err, last)
	require.Empty(t, s.live(t), "machines are left")
	require.Empty(t, s.seats(t), "licence seats are left")
}

func (s *stage) seats(t *testing.T) (holders []string) {
	t.Helper()
	var state struct {
		Pools []struct {
			Holders []string `json:"holders"`
		} `json:"pools"`
	}
	require.NoError(t, s.outside.Call(s.ctx(t), http.MethodGet, fmt.Sprintf("https://%s/_sim/licenses", s.at.CML), nil, &state))
	for _, pool := range state.Pools {
		holders = append(holders, pool.Holders...)
	}
	return holders
}
