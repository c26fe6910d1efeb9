package chaos

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/demo"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
)

// TestEtcdGoesAwayAndComesBack lets etcd be away, come back empty, and come back as it was long ago, each in the middle of a lab's
// life.
func TestEtcdGoesAwayAndComesBack(t *testing.T) {
	if !everything() {
		t.Skip("part of make chaos")
	}
	t.Parallel()
	s := newStage(t, func(o *plane.Options) { o.Candidate.Works = 4 * time.Second })
	backup := filepath.Join(t.TempDir(), "backup")
	require.NoError(t, s.plane.EtcdAway(s.ctx(t), func(dir string) error { return os.CopyFS(backup, os.DirFS(dir)) }))
	for _, round := range []struct {
		name, reason string
		meanwhile    func(dir string) error
	}{
		{"away", "who cannot hear etcd stands still", func(string) error { return s.nobodyLeads(t) }},
		{"emptied", "it is filled again, and terms go on", os.RemoveAll},
		{"restored", "what is newer in the store shows again, and terms go on", func(dir string) error {
			return errors.Join(os.RemoveAll(dir), os.CopyFS(dir, os.DirFS(backup)))
		}},
	} {
		t.Run(round.name, func(t *testing.T) {
			imports, machines := s.counted(t, importPoint()), len(s.machines(t))
			i := s.book(t)
			require.NoError(t, demo.Until(s.ctx(t), func() (bool, error) { return imports() == 1, nil }))
			before := map[string]int64{}
			for _, service := range controllers() {
				require.NoError(t, s.succeeded(s.ctx(t), service, 0))
				before[service] = s.term(s.ctx(t), service)
			}
			s.age(t)
			require.NoError(t, s.plane.EtcdAway(s.ctx(t), round.meanwhile), round.reason)
			require.NoError(t, s.shown(s.ctx(t), i.ID), round.reason)
			for _, service := range controllers() {
				require.NoError(t, s.succeeded(s.ctx(t), service, before[service]), round.reason)
			}
			s.completed(t, i.ID)
			s.endWorkers(t)
			require.Len(t, s.machines(t), machines+1, "one worker, one machine")
			require.Equal(t, 1, imports(), "one lab was imported once")
		})
	}
}

// age gives etcd a past that is longer than what one that comes back empty has in its first minutes.
func (s *stage) age(t *testing.T) {
	t.Helper()
	etcd := s.operator(t)
	for n := range 2000 {
		_, ok, err := etcd.PutIf(s.ctx(t), fmt.Sprintf("/elsewhere/%s/%d", t.Name(), n), []byte("past"), 0)
		require.NoError(t, err)
		require.True(t, ok)
	}
}

// rebuilt is how soon etcd shows again what the store has, on a slow machine.
const rebuilt = 30 * time.Second

// shown waits until etcd shows an instance.
func (s *stage) shown(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, rebuilt)
	defer cancel()
	etcd := s.operator(s.t)
	return demo.Until(ctx, func() (bool, error) {
		_, found, err := etcd.Get(ctx, readmodel.Key(readmodel.KindInstance, id))
		return err == nil && found, nil
	})
}

// nobodyLeads is a time without etcd. It ends when all have noticed: no controller leads any more, or is ready, and none has written
// since, while the API serves and takes a booking.
func (s *stage) nobodyLeads(t *testing.T) error {
	ctx, cancel := context.WithTimeout(s.ctx(t), time.Minute)
	defer cancel()
	if err := s.all(ctx, func(service string) bool { return s.term(ctx, service) == 0 }); err != nil {
		return fmt.Errorf("somebody leads without etcd: %w", err)
	}
	writes := s.calls.Len()
	i, err := demo.Book(ctx, s.people, s.definition.ID, 5)
	if err != nil {
		return fmt.Errorf("a booking is refused without etcd: %w", err)
	}
	if err := s.all(ctx, func(service string) bool { return s.probe(ctx, service) == http.StatusServiceUnavailable }); err != nil {
		return fmt.Errorf("a controller is ready without etcd: %w", err)
	}
	if status := s.probe(ctx, plane.API); status != http.StatusOK {
		return fmt.Errorf("without etcd the API is not ready: %d", status)
	}
	if late := s.calls.Calls()[writes:]; len(late) > 0 {
		return fmt.Errorf("somebody wrote without a lease: %+v", late)
	}
	_, err = s.people.User.TerminateInstance(ctx, api.TerminateInstance{ID: i.ID})
	return err
}

// all waits until something holds of every controller.
func (s *stage) all(ctx context.Context, holds func(service string) bool) error {
	return demo.Until(ctx, func() (bool, error) {
		return !slices.ContainsFunc(controllers(), func(service string) bool { return !holds(service) }), nil
	})
}

// probe asks a service whether it is ready; 0 is no answer.
func (s *stage) probe(ctx context.Context, service string) int {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.at.Services[service]+"/ready", nil)
	if err != nil {
		return 0
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0
	}
	_ = response.Body.Close()
	return response.StatusCode
}
