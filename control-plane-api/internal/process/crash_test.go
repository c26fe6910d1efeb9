package process_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/apptest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

// dieAfter lets n writes through and then nothing more, as if the process had been killed. With lost the last write is
// stored, but nobody hears of it.
func dieAfter(n int64, lost bool) storetest.Hook {
	var writes atomic.Int64
	return func(_ context.Context, call storetest.Call) storetest.Fault {
		dead := storetest.Fault{Fail: store.ErrUnavailable}
		if !call.Writes() {
			if writes.Load() > n {
				return dead
			}
			return storetest.Fault{}
		}
		switch count := writes.Add(1); {
		case count <= n:
			return storetest.Fault{}
		case count == n+1 && lost:
			return storetest.Fault{Lose: store.ErrUnknown}
		default:
			return dead
		}
	}
}

// crashes runs a saga that dies after each number of writes, then lets the sweeps repair and checks what is left.
func crashes(t *testing.T, prepare func(*apptest.World) (saga func(context.Context) error), check func(*testing.T, *apptest.World)) {
	for _, lost := range []bool{false, true} {
		done := false
		for n := int64(0); n < 12 && !done; n++ {
			w := apptest.New(t)
			saga := prepare(w)
			w.Store.SetHook(dieAfter(n, lost))
			ctx, cancel := context.WithTimeout(apptest.Service("controller", "key"), 200*time.Millisecond)
			err := saga(ctx)
			cancel()
			done = err == nil
			w.Store.SetHook(nil)
			w.Clock.Move(3 * time.Minute)
			sweep(w)
			requireConsistent(w)
			check(t, w)
		}
		require.True(t, done, "with enough writes the saga comes to its end")
	}
}

// emptied is an error while a book has entries or cannot be read.
func emptied(ctx context.Context, w *apptest.World, machine string) error {
	found, _, err := w.Workers.Get(ctx, machine)
	if err == nil && len(found.Book.Entries) > 0 {
		return errBooked
	}
	return err
}

var errBooked = errors.New("there are entries left")

func TestAScheduleMayDieBetweenAnyTwoWrites(t *testing.T) {
	var ids []string
	var machine string
	crashes(t, func(w *apptest.World) func(context.Context) error {
		machine = w.ReadyWorker(10).ID
		d := w.Definition(3)
		ids = nil
		for range 3 {
			ids = append(ids, w.Book(d.ID, time.Hour, 2*time.Hour).ID)
		}
		req := api.Schedule{WorkerID: machine}
		for _, id := range ids {
			req.Body.Instances = append(req.Body.Instances, api.ScheduleItem{InstanceID: id, Generation: 1})
		}
		return func(ctx context.Context) error {
			result, err := w.Commands.Schedule(ctx, req)
			if err != nil {
				return err
			}
			for _, outcome := range result.Outcomes {
				if outcome.Code != "" {
					return errors.New(outcome.Code)
				}
			}
			return nil
		}
	}, func(t *testing.T, w *apptest.World) {
		for _, id := range ids {
			i, _ := w.Instance(id)
			if i.Status == lifecycle.InstancePending {
				w.Place(machine, id)
			}
		}
		require.Len(t, w.Worker(machine).Book.Entries, 3, "all are placed in the end, once each")
		requireConsistent(w)
	})
}

func TestAStartMayDieBetweenAnyTwoWrites(t *testing.T) {
	var id string
	crashes(t, func(w *apptest.World) func(context.Context) error {
		machine := w.ReadyWorker(10)
		id = w.Book(w.Definition(3).ID, time.Minute, time.Hour).ID
		w.Place(machine.ID, id)
		_, generation := w.Instance(id)
		return func(ctx context.Context) error {
			_, err := w.Commands.StartInstantiation(ctx, api.StartInstantiation{ID: id, Body: api.GenerationBody{Generation: generation}})
			return err
		}
	}, func(t *testing.T, w *apptest.World) {
		ack, err := w.Start(id)
		require.NoError(t, err)
		require.Equal(t, string(lifecycle.InstanceInstantiating), ack.CurrentStatus, "a repeat brings it to its end")
		requireConsistent(w)
	})
}

func TestARefusedStartMayDieBetweenAnyTwoWrites(t *testing.T) {
	var id, machine string
	crashes(t, func(w *apptest.World) func(context.Context) error {
		machine = w.ReadyWorker(10).ID
		id = w.Book(w.Definition(3).ID, time.Minute, time.Hour).ID
		w.Place(machine, id)
		w.Observe(machine, "draining")
		_, generation := w.Instance(id)
		return func(ctx context.Context) error {
			_, err := w.Commands.StartInstantiation(ctx, api.StartInstantiation{ID: id, Body: api.GenerationBody{Generation: generation}})
			if i, _, getErr := w.Instances.Get(ctx, id); getErr == nil && i.Status == lifecycle.InstancePending {
				return emptied(ctx, w, machine)
			}
			return err
		}
	}, func(t *testing.T, w *apptest.World) {
		_, _ = w.Start(id)
		w.Clock.Move(3 * time.Minute)
		sweep(w)
		i, _ := w.Instance(id)
		require.Equal(t, lifecycle.InstancePending, i.Status)
		require.Empty(t, w.Worker(machine).Book.Entries)
	})
}

func TestALostWorkerMayDieBetweenAnyTwoWrites(t *testing.T) {
	var machine string
	crashes(t, func(w *apptest.World) func(context.Context) error {
		machine = w.ReadyWorker(10).ID
		d := w.Definition(3)
		w.Running(machine, d.ID)
		w.Place(machine, w.Book(d.ID, time.Hour, 2*time.Hour).ID)
		return func(ctx context.Context) error {
			_, err := w.Commands.ReportWorkerStatus(ctx, api.ReportWorkerStatus{ID: machine, Body: api.ReportWorkerStatusBody{Status: "terminated"}})
			if err == nil {
				err = emptied(ctx, w, machine)
			}
			return err
		}
	}, func(t *testing.T, w *apptest.World) {
		w.Observe(machine, "terminated")
		sweep(w)
		require.Empty(t, w.Worker(machine).Book.Entries, "nobody is left behind on a machine that is gone")
		requireConsistent(w)
	})
}

func TestAnExtensionMayDieBetweenAnyTwoWrites(t *testing.T) {
	var id string
	crashes(t, func(w *apptest.World) func(context.Context) error {
		machine := w.ReadyWorker(10)
		id = w.Book(w.Definition(3).ID, time.Hour, 2*time.Hour).ID
		w.Place(machine.ID, id)
		return func(ctx context.Context) error {
			_, _, err := w.Commands.ExtendInstance(apptest.As("ann"), id, apptest.Noon.Add(3*time.Hour))
			return err
		}
	}, func(t *testing.T, w *apptest.World) {
		_, _, err := w.Commands.ExtendInstance(apptest.As("ann"), id, apptest.Noon.Add(3*time.Hour))
		require.NoError(t, err)
		i, _ := w.Instance(id)
		require.Equal(t, apptest.Noon.Add(3*time.Hour), *i.Slot.End)
	})
}
