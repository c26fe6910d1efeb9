package process_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/apptest"
)

const (
	writers      = 16
	opsPerWriter = 40
)

// stormy is what the writers fight over.
type stormy struct {
	*apptest.World
	machines  []string
	instances []string
}

// TestNothingIsEverBookedTwice lets 16 writers schedule, start, requeue, extend and terminate at random, with clocks moving
// and sweeps running, and judges each book that any of them wants to store.
func TestNothingIsEverBookedTwice(t *testing.T) {
	s := &stormy{World: apptest.New(t)}
	for _, cpu := range []int{8, 10, 12} {
		s.machines = append(s.machines, s.ReadyWorker(cpu).ID)
	}
	definitions := []string{s.Definition(3).ID, s.Definition(4).ID, s.Definition(7).ID}
	for n := range 40 {
		from := time.Duration(n%6) * 10 * time.Minute
		s.instances = append(s.instances, s.Book(definitions[n%3], from, from+time.Duration(10+n%4*10)*time.Minute).ID)
	}
	var mu sync.Mutex
	var wrong []string
	report := func(what string) {
		mu.Lock()
		defer mu.Unlock()
		wrong = append(wrong, what)
	}
	s.Store.SetHook(watchBooks(report))
	done := make(map[string]int)
	var all sync.WaitGroup
	for n := range writers {
		all.Go(func() {
			random := rand.New(rand.NewPCG(uint64(n), 20260302))
			for range opsPerWriter {
				name, err := s.anything(random)
				if err != nil && !expected(err) {
					report(name + ": " + err.Error())
				}
				mu.Lock()
				if err == nil {
					done[name]++
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	s.Store.SetHook(nil)
	require.Empty(t, wrong)
	for _, name := range []string{"schedule", "start", "requeue", "extend", "terminate"} {
		require.Positive(t, done[name], "the storm must have done each: %v", done)
	}
	s.Clock.Move(3 * time.Minute)
	sweep(s.World)
	sweep(s.World)
	requireConsistent(s.World)
}

func expected(err error) bool {
	switch failure.KindOf(err) {
	case failure.Conflict, failure.Precondition, failure.Invalid, failure.Unavailable:
		return true
	default:
		return false
	}
}

// anything does one thing at random and says what.
func (s *stormy) anything(random *rand.Rand) (string, error) {
	ctx := context.Background()
	id, machine := s.instances[random.IntN(len(s.instances))], s.machines[random.IntN(len(s.machines))]
	i, meta, err := s.Instances.Get(ctx, id)
	if err != nil {
		return "get", err
	}
	service := apptest.Service("controller", "")
	switch choice := random.IntN(100); {
	case choice < 35:
		return "schedule", s.schedule(random, machine)
	case choice < 60:
		_, err = s.Commands.StartInstantiation(service, api.StartInstantiation{ID: id, Body: api.GenerationBody{Generation: meta.Generation}})
		return "start", err
	case choice < 70:
		_, err = s.Commands.PutInstanceFinalizer(service, api.PutFinalizer{ID: id, Body: api.PutFinalizerBody{
			Kind: readmodel.FinalizerLab, Attempt: i.Attempt, Generation: meta.Generation,
		}})
		return "intend", err
	case choice < 78:
		_, err = s.Commands.DropInstanceFinalizer(service, api.DropFinalizer{ID: id, Kind: "lab", Attempt: 1 + random.IntN(max(1, i.Attempt))})
		return "drop", err
	case choice < 86:
		_, err = s.Commands.Requeue(service, api.Requeue{ID: id, Body: api.GenerationBody{Generation: meta.Generation}})
		return "requeue", err
	case choice < 92:
		_, _, err = s.Commands.ExtendInstance(apptest.As("ann"), id, i.Slot.End.Add(time.Duration(1+random.IntN(20))*time.Minute))
		return "extend", err
	case choice < 94:
		_, _, err = s.Commands.TerminateInstance(apptest.As("ann"), id, "")
		return "terminate", err
	case choice < 97:
		s.Clock.Move(20 * time.Second)
		return "wait", nil
	default:
		return "sweep", s.Processes.Sweep(ctx, s.Clock.Now())
	}
}

// schedule places up to three instances on a worker at once.
func (s *stormy) schedule(random *rand.Rand, machine string) error {
	req := api.Schedule{WorkerID: machine}
	for range 1 + random.IntN(3) {
		id := s.instances[random.IntN(len(s.instances))]
		_, meta, err := s.Instances.Get(context.Background(), id)
		if err != nil {
			return err
		}
		req.Body.Instances = append(req.Body.Instances, api.ScheduleItem{InstanceID: id, Generation: meta.Generation})
	}
	result, err := s.Commands.Schedule(apptest.Service("resource-scheduler", ""), req)
	if err != nil {
		return err
	}
	for _, outcome := range result.Outcomes {
		if outcome.Code == "" {
			return nil
		}
	}
	return failure.New(failure.Conflict, result.Outcomes[0].Code, "%s", result.Outcomes[0].Message)
}
