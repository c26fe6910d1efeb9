package assign

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/etcdkv/memkv"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// recorder is the API as far as the reconciler sees it.
type recorder struct {
	scheduled  []api.Schedule
	scaleUps   []api.ScaleUpBody
	conditions []api.SetConditions
	schedule   func(api.Schedule) (api.ScheduleResult, error)
	scaleUp    func(api.ScaleUpBody) (api.Ack, error)
}

func (r *recorder) Schedule(_ context.Context, req api.Schedule) (api.ScheduleResult, error) {
	r.scheduled = append(r.scheduled, req)
	if r.schedule != nil {
		return r.schedule(req)
	}
	var result api.ScheduleResult
	for _, item := range req.Body.Instances {
		result.Outcomes = append(result.Outcomes, api.ScheduleOutcome{InstanceID: item.InstanceID, Ack: &api.Ack{ID: item.InstanceID, Version: 2, Generation: 2, Attempt: 1}})
	}
	return result, nil
}

func (r *recorder) ScaleUp(_ context.Context, req api.ScaleUp) (api.Ack, error) {
	r.scaleUps = append(r.scaleUps, req.Body)
	if r.scaleUp != nil {
		return r.scaleUp(req.Body)
	}
	return api.Ack{ID: "w-" + req.Body.Demand, CurrentStatus: "pending"}, nil
}

func (r *recorder) InstanceConditions(_ context.Context, req api.SetConditions) (api.Ack, error) {
	r.conditions = append(r.conditions, req)
	return api.Ack{ID: req.ID}, nil
}

// world is a reconciler over caches that an in-memory etcd fills.
type world struct {
	t     *testing.T
	etcd  *memkv.Store
	api   *recorder
	under *Reconciler
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, etcd: memkv.New(), api: &recorder{}}
	models := Models{
		Instances:   reconcile.NewModels[readmodel.Instance](w.etcd, readmodel.KindInstance, reconcile.ModelsOptions{}),
		Workers:     reconcile.NewModels[readmodel.Worker](w.etcd, readmodel.KindWorker, reconcile.ModelsOptions{}),
		Definitions: reconcile.NewModels[readmodel.Definition](w.etcd, readmodel.KindDefinition, reconcile.ModelsOptions{}),
		Templates:   reconcile.NewModels[readmodel.Template](w.etcd, readmodel.KindTemplate, reconcile.ModelsOptions{}),
		Settings:    reconcile.NewModels[readmodel.Settings](w.etcd, readmodel.KindSettings, reconcile.ModelsOptions{}),
	}
	w.under = New(w.api, models, time.Now, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(t.Context())
	for _, run := range []func(context.Context) error{models.Instances.Run, models.Workers.Run, models.Definitions.Run, models.Templates.Run, models.Settings.Run} {
		go func() { _ = run(ctx) }()
	}
	t.Cleanup(func() { cancel(); synctest.Wait() })
	return w
}

func (w *world) put(kind readmodel.Kind, id string, version int64, model any) {
	w.t.Helper()
	encoded, err := json.Marshal(model)
	require.NoError(w.t, err)
	value, err := json.Marshal(readmodel.Envelope{Epoch: "e", Version: version, Generation: version, Model: encoded})
	require.NoError(w.t, err)
	item, _, err := w.etcd.Get(w.t.Context(), readmodel.Key(kind, id))
	require.NoError(w.t, err)
	_, ok, err := w.etcd.PutIf(w.t.Context(), readmodel.Key(kind, id), value, item.ModRevision)
	require.NoError(w.t, err)
	require.True(w.t, ok)
	synctest.Wait()
}

func (w *world) reconcile() reconcile.Result {
	w.t.Helper()
	synctest.Wait()
	result, err := w.under.Reconcile(w.t.Context(), Key)
	require.NoError(w.t, err)
	return result
}

func (w *world) definition() {
	w.put(readmodel.KindDefinition, "d", 1, readmodel.Definition{
		ID: "d", Requirements: resource.Requirements{CPUCores: 2, MemoryGB: 2, StorageGB: 2}, NodeCount: 2, LicenseAffinity: resource.LicenseTypes(),
	})
}

func (w *world) instance(id string, version int64, change func(*readmodel.Instance)) {
	i := readmodel.Instance{ID: id, Version: version, Generation: version, DefinitionID: "d", Status: lifecycle.InstancePending, ASAP: true, DurationMinutes: 60, CreatedAt: time.Now()}
	if change != nil {
		change(&i)
	}
	w.put(readmodel.KindInstance, id, version, i)
}

func (w *world) worker(id string, cpu int) {
	w.put(readmodel.KindWorker, id, 1, readmodel.Worker{
		ID: id, Placeable: true, Status: lifecycle.WorkerRunning, DesiredStatus: lifecycle.WorkerRunning,
		DeclaredCapacity: resource.Capacity{CPUCores: cpu, MemoryGB: 64, StorageGB: 500}, License: readmodel.License{Type: resource.LicenseEnterprise},
	})
}

func (w *world) template() {
	w.put(readmodel.KindTemplate, "t", 1, readmodel.Template{
		ID: "t", Name: "small", Enabled: true, Capacity: resource.Capacity{CPUCores: 4, MemoryGB: 16, StorageGB: 100}, LicenseType: resource.LicenseEnterprise,
	})
}

func TestWaitingInstancesAreScheduledInOneCallAWorker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.definition()
		w.worker("w1", 8)
		w.instance("a", 1, nil)
		w.instance("b", 1, nil)
		w.instance("c", 3, func(i *readmodel.Instance) { i.Status = lifecycle.InstanceReady })
		require.Zero(t, w.reconcile(), "nothing waits any more")
		require.Len(t, w.api.scheduled, 1)
		require.Equal(t, []api.ScheduleItem{{InstanceID: "a", Generation: 1}, {InstanceID: "b", Generation: 1}}, w.api.scheduled[0].Body.Instances)
		require.Empty(t, w.api.scaleUps)
	})
}

func TestAnAcceptedBookingIsAssumedUntilItIsSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.definition()
		w.worker("w1", 2)
		w.instance("a", 1, nil)
		w.reconcile()
		w.instance("b", 1, nil)
		w.reconcile()
		require.Len(t, w.api.scheduled, 1, "neither a again, nor b onto the room that a has taken")

		w.instance("a", 2, func(i *readmodel.Instance) { i.Status, i.WorkerID, i.Attempt = lifecycle.InstanceTerminated, "w1", 1 })
		w.reconcile()
		require.Len(t, w.api.scheduled, 2, "a's end was seen, so b fits")
		require.Equal(t, "b", w.api.scheduled[1].Body.Instances[0].InstanceID)
	})
}

func TestDemandAsksOnceForAWorker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.definition()
		w.template()
		w.instance("a", 1, nil)
		w.instance("b", 1, nil)
		result := w.reconcile()
		require.Positive(t, result.After, "time alone may change the answer")
		require.Len(t, w.api.scaleUps, 1, "one small worker takes both")
		require.Equal(t, "a/1/0", w.api.scaleUps[0].Demand)
		w.reconcile()
		require.Len(t, w.api.scaleUps, 1, "the asked-for worker counts although no cache shows it")
	})
}

func TestADeadWorkerOfADemandIsPassedOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.definition()
		w.template()
		w.instance("a", 1, nil)
		w.api.scaleUp = func(b api.ScaleUpBody) (api.Ack, error) {
			if b.Demand == "a/1/0" {
				return api.Ack{ID: "w0", CurrentStatus: "failed"}, nil
			}
			return api.Ack{ID: "w1", CurrentStatus: "pending"}, nil
		}
		w.reconcile()
		require.Len(t, w.api.scaleUps, 2)
		require.Equal(t, "a/1/1", w.api.scaleUps[1].Demand)
	})
}

func TestEveryWaitingInstanceIsToldWhyAndOnlyOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.definition()
		w.instance("a", 1, nil)
		w.instance("x", 1, func(i *readmodel.Instance) { i.DefinitionID = "unknown" })
		w.reconcile()
		told := map[string]string{}
		for _, c := range w.api.conditions {
			told[c.ID] = c.Body.Conditions[0].Reason
		}
		require.Equal(t, map[string]string{"a": "never_fits", "x": "definition_unknown"}, told)

		for _, c := range w.api.conditions {
			w.instance(c.ID, 2, func(i *readmodel.Instance) {
				i.Conditions = c.Body.Conditions
				if c.ID == "x" {
					i.DefinitionID = "unknown"
				}
			})
		}
		w.reconcile()
		require.Len(t, w.api.conditions, 2)
	})
}

func TestRefusalsAreToldAndComeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.definition()
		w.template()
		w.instance("a", 1, nil)
		w.api.scaleUp = func(api.ScaleUpBody) (api.Ack, error) {
			return api.Ack{}, failure.New(failure.Conflict, "region_full", "full")
		}
		require.Positive(t, w.reconcile().After)
		require.Equal(t, "region_full", w.api.conditions[0].Body.Conditions[0].Reason)
	})
}

func TestAnOutageIsAnErrorAndNothingIsAssumed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.definition()
		w.worker("w1", 8)
		w.instance("a", 1, nil)
		w.api.schedule = func(api.Schedule) (api.ScheduleResult, error) {
			return api.ScheduleResult{}, failure.New(failure.Unavailable, "api_unavailable", "down")
		}
		synctest.Wait()
		_, err := w.under.Reconcile(t.Context(), Key)
		require.Error(t, err)
		w.api.schedule = nil
		w.reconcile()
		require.Len(t, w.api.scheduled, 2)
	})
}

func TestBatchesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.definition()
		w.worker("w1", 4000)
		w.put(readmodel.KindWorker, "w1", 2, readmodel.Worker{
			ID: "w1", Placeable: true, DeclaredCapacity: resource.Capacity{CPUCores: 4000, MemoryGB: 4000, StorageGB: 4000}, License: readmodel.License{Type: resource.LicenseEnterprise},
			Book: []booking.Entry{},
		})
		for n := range most + 10 {
			w.instance(fmt.Sprintf("i%04d", n), 1, nil)
		}
		w.reconcile()
		require.Len(t, w.api.scheduled, 2)
		require.Len(t, w.api.scheduled[0].Body.Instances, most)
	})
}
