package instance

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
	"github.com/lablet-cloud-manager/lcm/core/topology"
)

const (
	theID   = "0192-instance"
	theFQN  = "Exam Associate CCNA v1.1 LAB 1.3a"
	theUser = "candidate-1"

	labText = `lab: {version: 0.3.0, title: original}
nodes:
  - {id: n0, label: r1, x: 0, y: 0, node_definition: iol-xe, tags: ["serial:5041", "vnc:5042"], interfaces: [{id: i0, type: physical, slot: 0, label: e0}]}
  - {id: n1, label: pc 1, x: 9, y: 9, node_definition: ubuntu, tags: ["vnc:5044"], interfaces: [{id: i0, type: physical, slot: 0, label: eth0}]}
links:
  - {id: l0, n1: n0, i1: i0, n2: n1, i2: i0}
`
)

// moment says when a call is made to fail.
type moment int

const (
	never  moment = iota
	before        // nothing happens
	after         // it happens, and the answer is lost
)

// errCut is what a call that is made to fail answers.
var errCut = failure.New(failure.Unavailable, "cut", "The line was cut.")

// world is everything around a reconciler, with one clock and one list of calls.
type world struct {
	t    *testing.T
	mu   sync.Mutex
	now  time.Time
	dead bool
	// calls lists what was called; fault decides on each by its number and name.
	calls []string
	fault func(n int, call string) moment
	// dies makes the process end with the call that fails: nothing after it has an effect.
	dies bool

	instance   readmodel.Instance
	worker     readmodel.Worker
	definition readmodel.Definition
	api        *fakeAPI
	cml        *fakeCML
	lds        *fakeLDS
	grader     *fakeGrader
	evidence   *fakeEvidence
}

func newWorld(t *testing.T) *world {
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	parsed, err := topology.Parse([]byte(labText))
	require.NoError(t, err)
	start, end := now.Add(time.Minute), now.Add(31*time.Minute)
	w := &world{t: t, now: now, fault: func(int, string) moment { return never }}
	w.definition = readmodel.Definition{
		ID: "d", FormQualifiedName: theFQN, TopologyHash: parsed.Hash, PortTemplate: parsed.PortTemplate(),
		CollectionEnabled: true, GradingEnabled: true, Status: lifecycle.DefinitionActive,
	}
	w.worker = readmodel.Worker{ID: "w", AWSRegion: "eu", Status: lifecycle.WorkerRunning, PublicIP: "192.0.2.9"}
	w.instance = readmodel.Instance{
		ID: theID, Version: 1, Generation: 1, DefinitionID: "d", OwnerID: theUser, Status: lifecycle.InstanceScheduled,
		DesiredStatus: lifecycle.InstanceRunning, TimeslotStart: &start, TimeslotEnd: &end, LeadSeconds: 30, WorkerID: "w", Attempt: 1,
		StatusSince: now,
	}
	for i, port := range w.definition.PortTemplate.Ports {
		w.instance.AllocatedPorts = append(w.instance.AllocatedPorts, booking.Port{Name: port.Name, Number: 2000 + i})
	}
	w.api, w.cml, w.lds = &fakeAPI{w: w}, newFakeCML(w), newFakeLDS(w)
	w.grader, w.evidence = newFakeGrader(w), &fakeEvidence{w: w, stored: map[string][]byte{}}
	return w
}

// call makes one call to the outside or the API.
func (w *world) call(name string, effect func() error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.dead {
		return errCut
	}
	w.now = w.now.Add(10 * time.Millisecond)
	number := len(w.calls)
	w.calls = append(w.calls, name)
	switch w.fault(number, name) {
	case before:
		w.dead = w.dies
		return errCut
	case after:
		w.dead = w.dies
		_ = effect()
		return errCut
	default:
		return effect()
	}
}

func (w *world) count(prefix string) (n int) {
	for _, call := range w.calls {
		if strings.HasPrefix(call, prefix) {
			n++
		}
	}
	return n
}

func (w *world) reconciler() *Reconciler {
	deps := Deps{
		Instances:   source[readmodel.Instance]{func(id string) (readmodel.Instance, bool) { return w.instance, id == theID }},
		Workers:     source[readmodel.Worker]{func(id string) (readmodel.Worker, bool) { return w.worker, id == w.worker.ID }},
		Definitions: source[readmodel.Definition]{func(id string) (readmodel.Definition, bool) { return w.definition, id == "d" }},
		API:         w.api, CML: w.cml, LDS: w.lds,
		Timing: Timing{
			LabPoll: time.Second, SessionPoll: 5 * time.Second, GradingPoll: time.Second, LabStart: 2 * time.Minute,
			Collection: 10 * time.Minute, Grading: 30 * time.Minute, Grace: 2 * time.Minute, IntentSettle: 10 * time.Second,
		},
		Protocols: []string{"vnc", "serial"},
		Now:       func() time.Time { return w.now },
		Log:       slog.New(slog.DiscardHandler),
	}
	if w.grader != nil {
		deps.Grader = w.grader
	}
	if w.evidence != nil {
		deps.Evidence = w.evidence
	}
	return New(deps)
}

// once runs the reconciler one time.
func (w *world) once() (reconcile.Result, error) {
	w.dead = false
	return w.reconciler().Reconcile(w.t.Context(), theID)
}

// until runs the reconciler as a queue would, each time a new one, and lets the time pass that it asks for.
func (w *world) until(done func() bool) {
	w.t.Helper()
	for range 3000 {
		if done() {
			return
		}
		generation := w.instance.Generation
		result, err := w.once()
		switch {
		case err != nil:
			w.now = w.now.Add(time.Second)
		case w.instance.Generation != generation:
		case result.After > 0:
			w.now = w.now.Add(result.After)
		case !done():
			require.FailNow(w.t, "the reconciler has nothing to do and is not done", "status %s, calls %v", w.instance.Status, w.calls)
		}
	}
	require.FailNow(w.t, "not done", "status %s, conditions %v", w.instance.Status, w.instance.Conditions)
}

func (w *world) untilStatus(status lifecycle.InstanceStatus) {
	w.t.Helper()
	w.until(func() bool { return w.instance.Status == status })
}

// settledDown reports whether the instance is over and nothing outside is left.
func (w *world) settledDown() bool {
	return w.instance.Status == lifecycle.InstanceTerminated && len(w.instance.Finalizers) == 0
}

func (w *world) condition(kind string) readmodel.Condition {
	c, _ := readmodel.FindCondition(w.instance.Conditions, kind)
	return c
}

// source shows a model that is always current.
type source[M any] struct{ get func(string) (M, bool) }

func (s source[M]) Open(_ context.Context, id, _ string) (reconcile.View[M], bool, reconcile.Result, error) {
	model, found := s.get(id)
	return reconcile.View[M]{Model: model, Found: found}, true, reconcile.Result{}, nil
}

type fakeEvidence struct {
	w      *world
	stored map[string][]byte
}

func (f *fakeEvidence) Put(_ context.Context, key string, content []byte) (string, error) {
	err := f.w.call("s3 put", func() error {
		f.stored[key] = content
		return nil
	})
	return "s3://evidence/" + key, err
}
