package controller_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/controller"
	"github.com/lablet-cloud-manager/lcm/core/etcdkv/memkv"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

// patient is one aggregate whose reconcile fails while it is ill, and what was told of it.
type patient struct {
	plane *plane

	mu         sync.Mutex
	version    int64
	conditions []readmodel.Condition
	history    []readmodel.Condition
	err        error
	runs       int
}

// setConditions stands for the API's command: it stores and projects.
func (p *patient) setConditions(_ context.Context, req api.SetConditions) (api.Ack, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conditions = req.Body.Conditions
	p.history = append(p.history, req.Body.Conditions...)
	p.version++
	model, err := json.Marshal(readmodel.Instance{ID: req.ID, Version: p.version, Conditions: p.conditions})
	if err != nil {
		return api.Ack{}, err
	}
	value, err := json.Marshal(readmodel.Envelope{Epoch: "e", Version: p.version, Generation: 1, Model: model})
	if err != nil {
		return api.Ack{}, err
	}
	item, _, err := p.plane.kv.Get(context.Background(), readmodel.Key(readmodel.KindInstance, req.ID))
	if err != nil {
		return api.Ack{}, err
	}
	_, _, err = p.plane.kv.PutIf(context.Background(), item.Key, value, item.ModRevision)
	return api.Ack{ID: req.ID, Version: p.version, Generation: 1}, err
}

func (p *patient) reconcile(context.Context, string) (reconcile.Result, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.runs++
	return reconcile.Result{}, p.err
}

func (p *patient) fall(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.err = err
}

func (p *patient) last() readmodel.Condition {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.history) == 0 {
		return readmodel.Condition{}
	}
	return p.history[len(p.history)-1]
}

// told counts what was told so far, and the runs.
func (p *patient) told() (told, runs int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.history), p.runs
}

// treat starts a replica that reconciles the patient.
func (p *patient) treat(t *testing.T, id string) (stop func()) {
	t.Helper()
	r := newRuntime(t, p.plane, p.plane.config(id))
	models := controller.Models[readmodel.Instance](r, readmodel.KindInstance)
	reporter := controller.Reports(r, "instances", p.setConditions, func(id string) []readmodel.Condition {
		i, _, _ := models.Get(id)
		return i.Conditions
	})
	controller.Queued(r, "instances", reconcile.Func[string](p.reconcile), reconcile.Options[string]{
		Keys: models.IDs, BackoffFirst: 30 * time.Millisecond, Resync: 50 * time.Millisecond, OnOutcome: reporter.Outcome, Failures: reporter.Failures,
	})
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		require.NoError(t, <-done)
	})
	t.Cleanup(stop)
	return stop
}

func TestAnAggregateShowsHowItsReconcilesFail(t *testing.T) {
	p := &patient{plane: newPlane(t), version: 1}
	p.plane.put(t, "i1")
	p.fall(failure.Wrap(errors.New("password hunter2"), failure.Unavailable, "cml_silent", "CML does not answer."))
	stop := p.treat(t, "a")
	eventually(t, func() bool { return p.last().Attempts >= 4 }, "it is told again and again")
	shown := p.last()
	require.Equal(t, controller.ConditionReconciled, shown.Type)
	require.Equal(t, readmodel.ConditionFalse, shown.Status)
	require.Equal(t, "cml_silent", shown.Reason)
	require.Equal(t, "CML does not answer.", shown.Message, "nothing of the inside")
	require.NotNil(t, shown.NextTry)
	p.mu.Lock()
	require.GreaterOrEqual(t, p.history[0].Attempts, 2, "the first failure may be over in a moment")
	p.mu.Unlock()
	stop()

	before := p.last().Attempts
	p.treat(t, "b")
	eventually(t, func() bool { return p.last().Attempts > before }, "the next leader goes on counting")

	p.fall(nil)
	eventually(t, func() bool { return p.last().Status == readmodel.ConditionTrue }, "and says so when it is over")
	told, runs := p.told()
	eventually(t, func() bool { _, now := p.told(); return now > runs+3 }, "it is looked at now and then")
	again, _ := p.told()
	require.Equal(t, told, again, "and nothing more is said")
}

func TestWhatFailsForGoodIsToldAtOnce(t *testing.T) {
	p := &patient{plane: newPlane(t), version: 1}
	p.plane.put(t, "i1")
	p.fall(reconcile.Terminal(errors.New("dial https://user:hunter2@cml")))
	p.treat(t, "a")
	eventually(t, func() bool { return p.last().Attempts == 1 }, "told")
	require.Nil(t, p.last().NextTry, "only a change wakes it")
	require.NotContains(t, p.last().Message, "hunter2")
}

func TestMetricsOfAController(t *testing.T) {
	p := newPlane(t)
	p.put(t, "i1")
	r := p.start(t, "a", p.kv)
	eventually(t, func() bool { return len(r.seen()) > 0 }, "it works")
	for _, line := range []string{
		"resource_scheduler_leader 1", `resource_scheduler_read_models{kind="instances"} 1`, `resource_scheduler_read_models_in_touch{kind="instances"} 1`,
		`resource_scheduler_read_model_lists_total{kind="instances"} 1`, `resource_scheduler_resources_failing{controller="assign"} 0`,
		`resource_scheduler_reconcile_wait_seconds_count{controller="assign"}`,
	} {
		require.Contains(t, r.text(t, "/metrics"), line)
	}
}

func TestAControllerIsNotReadyWithoutTheAPI(t *testing.T) {
	p := newPlane(t)
	r := p.start(t, "a", memkv.NewLink(p.kv))
	eventually(t, func() bool { code, _, _ := r.ask(t, http.MethodGet, "/ready", ""); return code == http.StatusOK }, "ready")
	p.api.CloseClientConnections()
	p.api.Close()
	eventually(t, func() bool {
		code, _, problem := r.ask(t, http.MethodGet, "/ready", "")
		detail, _ := problem["detail"].(string)
		return code == http.StatusServiceUnavailable && strings.HasPrefix(detail, "control-plane-api: ")
	}, "it could not do anything")
}
