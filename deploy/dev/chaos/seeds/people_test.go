package seeds

import (
	"context"
	"errors"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/demo"
)

// patience is how long a person tries.
const patience = 5 * time.Minute

// book books until the API acknowledges it. After quits, if that is set, the person wants it ended.
func (s *storm) book(quits time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	minutes := slotMinutes
	for ctx.Err() == nil {
		i, err := s.plane.User.CreateInstance(ctx, api.CreateInstance{Body: api.CreateInstanceBody{DefinitionID: s.definition.ID, DurationMinutes: &minutes}})
		if err != nil {
			s.tell("not booked yet: %v", err)
			<-time.After(time.Second)
			continue
		}
		s.mu.Lock()
		s.booked = append(s.booked, i.ID)
		s.mu.Unlock()
		s.tell("booked %s", i.ID)
		if quits > 0 {
			<-time.After(quits)
			s.quit(i.ID)
		}
		return
	}
}

// quit asks for the end of an instance until the API takes it.
func (s *storm) quit(id string) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for ctx.Err() == nil {
		_, err := s.plane.User.TerminateInstance(ctx, api.TerminateInstance{ID: id})
		if err == nil || failure.Is(err, failure.Conflict) {
			s.tell("asked for the end of %s: %v", id, err)
			return
		}
		<-time.After(time.Second)
	}
}

// endWorkers asks for the end of every worker that there is. Refusals are what it answers.
func (s *storm) endWorkers() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	workers, err := s.plane.Admin.ListWorkers(ctx, api.ListWorkers{})
	if err != nil {
		return err
	}
	var errs []error
	for _, w := range workers {
		if w.DesiredStatus == lifecycle.WorkerTerminated {
			continue
		}
		_, err := s.plane.Admin.DeleteWorker(ctx, api.DeleteWorker{ID: w.ID})
		if err != nil {
			s.tell("worker %s is kept: %v", w.ID, err)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// instances reads all instances that there are.
func (s *storm) instances() ([]api.Instance, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	list, err := s.plane.Admin.ListInstances(ctx, api.ListInstances{IncludeTerminated: true})
	if err != nil {
		return nil, err
	}
	var all []api.Instance
	for _, summary := range list {
		i, err := s.plane.Admin.GetInstance(ctx, api.ID{ID: summary.ID})
		if err != nil {
			return nil, err
		}
		all = append(all, i)
	}
	return all, nil
}

// settle waits until every instance has ended and left nothing: progress (V13).
func (s *storm) settle() {
	s.within(40*time.Minute, "all instances end", func() (bool, string) {
		all, err := s.instances()
		if err != nil {
			return false, err.Error()
		}
		for _, i := range all {
			if !i.IsTerminal || len(i.Finalizers) > 0 {
				return false, demo.Describe(i)
			}
		}
		return true, ""
	})
	all, err := s.instances()
	require.NoError(s.t, err)
	for _, i := range all {
		s.tell("ended: %s", demo.Describe(i))
	}
}

// clear ends the workers and waits until they are gone.
func (s *storm) clear() {
	s.within(20*time.Minute, "all workers end", func() (bool, string) {
		err := s.endWorkers()
		workers, listed := s.plane.Admin.ListWorkers(s.t.Context(), api.ListWorkers{IncludeTerminated: true})
		if listed != nil {
			return false, listed.Error()
		}
		for _, w := range workers {
			if w.Status != lifecycle.WorkerTerminated || len(w.Finalizers) > 0 || w.Bookings > 0 {
				return false, demo.DescribeWorker(w, err)
			}
		}
		return true, ""
	})
}
