package worker

import (
	"bytes"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// world is a reconciler with everything outside, and a clock that only the test moves.
type world struct {
	t     *testing.T
	at    time.Time
	fuse  *fuse
	api   *fakeAPI
	ec2   *fakeEC2
	cml   *fakeCML
	logs  bytes.Buffer
	under *Reconciler
	// steps counts runs since the last call of until.
	steps int
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, at: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC), fuse: &fuse{}}
	now := func() time.Time { return w.at }
	w.ec2 = &fakeEC2{fuse: w.fuse, now: now, images: []Image{{ID: "ami-2", Name: "cisco-cml2.9-b", RootDiskGB: 40}}}
	w.cml = &fakeCML{fuse: w.fuse, now: now, ec2: w.ec2, seats: map[string]bool{}, states: map[string]*fakeLicense{}}
	w.ec2.onEnd = func(string) {}
	w.api = &fakeAPI{fuse: w.fuse, now: now, w: readmodel.Worker{
		ID: "w1", Version: 1, Generation: 1, Name: "cml-a", AWSRegion: "us-east-1", InstanceType: "m5zn.metal", TemplateName: "metal",
		Status: lifecycle.WorkerPending, DesiredStatus: lifecycle.WorkerRunning, AMINamePattern: "cisco-cml2.9*", StatusSince: w.at,
		License:          readmodel.License{Status: lifecycle.LicenseUnregistered},
		DeclaredCapacity: resource.Capacity{CPUCores: 48, MemoryGB: 192, StorageGB: 1000},
	}}
	w.restart()
	return w
}

// restart is a new process: it remembers nothing.
func (w *world) restart() {
	w.fuse.dead = false
	w.under = New(Config{
		EC2Poll: 5 * time.Second, CMLPoll: 5 * time.Second, CMLCheck: time.Minute, BootTimeout: 15 * time.Minute,
		LicenseTimeout: 2 * time.Minute, ReturnTimeout: 30 * time.Minute,
	}, Deps{
		Models: w.api, API: w.api, EC2: w.ec2, Connect: w.cml.connect, Now: func() time.Time { return w.at },
		Regions: map[string]Region{"us-east-1": {SecurityGroupIDs: []string{"sg-1"}, SubnetID: "subnet-1", DefaultTags: map[string]string{"Environment": "test"}}},
		Log:     slog.New(slog.NewTextHandler(&w.logs, nil)),
	})
}

// step is one run, and the time until the next one. A worker that rests is looked at again after a minute, as the
// observer and a resync would.
func (w *world) step() {
	w.t.Helper()
	result, err := w.under.Reconcile(w.t.Context(), "w1")
	if w.fuse.dead {
		w.at = w.at.Add(6 * time.Second)
		w.restart()
		return
	}
	switch {
	case err != nil:
		w.at = w.at.Add(time.Second)
	case result.After > 0:
		w.at = w.at.Add(max(result.After, 10*time.Millisecond))
	default:
		w.at = w.at.Add(time.Minute)
	}
}

const mostSteps = 600

// until runs until a condition holds.
func (w *world) until(what string, holds func() bool) {
	w.t.Helper()
	for w.steps = 0; w.steps < mostSteps; w.steps++ {
		if holds() {
			return
		}
		w.step()
	}
	w.t.Fatalf("never %s: status %s, wanted %s, license %+v, finalizers %v, conditions %+v", what, w.api.w.Status, w.api.w.DesiredStatus,
		w.api.w.License, w.api.w.Finalizers, w.api.w.Conditions)
}

func (w *world) untilStatus(s lifecycle.WorkerStatus) {
	w.t.Helper()
	w.until(string(s), func() bool { return w.api.w.Status == s })
}

// untilLicensed brings a new worker into use.
func (w *world) untilLicensed() {
	w.t.Helper()
	w.until("licensed", w.licensed)
}

func (w *world) licensed() bool {
	m := w.api.w
	return m.Status == lifecycle.WorkerRunning && m.CML.Ready && m.License.Status == lifecycle.LicenseRegistered && m.License.PendingOperation == ""
}

func (w *world) untilGone() {
	w.t.Helper()
	w.until("gone", func() bool { return settled(w.api.w) })
}

func (w *world) run(d time.Duration) {
	w.t.Helper()
	for end := w.at.Add(d); w.at.Before(end); {
		w.step()
	}
}

func (w *world) condition(kind string) readmodel.Condition {
	w.t.Helper()
	c, ok := readmodel.FindCondition(w.api.w.Conditions, kind)
	require.True(w.t, ok, "no condition %s in %+v", kind, w.api.w.Conditions)
	return c
}

func (w *world) machine() *fakeMachine {
	w.t.Helper()
	require.Len(w.t, w.ec2.machines, 1)
	w.ec2.settle()
	return w.ec2.machines[0]
}
