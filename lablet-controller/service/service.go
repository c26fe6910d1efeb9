// Package service wires lablet-controller.
package service

import (
	"context"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/client"
	"github.com/lablet-cloud-manager/lcm/core/controller"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"

	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/content"
	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/instance"
	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/s3store"
)

// Name is the service's name in terms, keys and logs.
const Name = "lablet-controller"

// reconcileTimeout bounds one run: collecting asks every node of a lab.
const reconcileTimeout = 5 * time.Minute

// Run runs one replica until ctx ends.
func Run(ctx context.Context, config Config, deps controller.Deps) error {
	if err := config.Validate(); err != nil {
		return err
	}
	var r *controller.Runtime
	out, err := connect(ctx, config, deps.Outside, func() *client.Client { return r.API })
	if err != nil {
		return err
	}
	if r, err = controller.New(ctx, Name, config.Port, config.Config, deps); err != nil {
		return err
	}
	m := watch(r)
	m.addInstances(r, config, out)
	if config.Content.Enabled {
		m.addContent(r, config, out)
	}
	addIngress(r)
	return r.Run(ctx)
}

// addInstances adds the reconciler of instances, and what wakes it.
func (m *models) addInstances(r *controller.Runtime, config Config, out outside) {
	wake := &waker{}
	t := config.Timing
	deps := instance.Deps{
		Instances: m.instanceGate(r, wake.now), Workers: m.workerGate(r, wake.now), Definitions: m.definitionGate(r, wake.now),
		API: r.API, CML: workers{out.cml}, LDS: out.lds, Protocols: out.protocols, Now: time.Now, Log: r.Log,
		Timing: instance.Timing{
			LabPoll: t.LabPoll, SessionPoll: t.SessionPoll, GradingPoll: t.GradingPoll, LabStart: t.LabStart,
			Collection: t.Collection, Grading: t.Grading, Grace: t.Grace, IntentSettle: t.Settle,
		},
	}
	if out.grading != nil {
		deps.Grader = out.grading
	}
	if out.s3 != nil && config.S3.EvidenceBucket != "" {
		deps.Evidence = &s3store.Bucket{Store: out.s3, Name: config.S3.EvidenceBucket, ContentType: "application/zip"}
	}
	reporter := controller.Reports(r, "instances", r.API.InstanceConditions, func(id string) []readmodel.Condition {
		i, _, _ := m.instances.Get(id)
		return i.Conditions
	})
	queue := controller.Queued(r, "instances", instance.New(deps), reconcile.Options[string]{
		Workers: config.Concurrency, Resync: config.Resync(), Keys: m.instances.IDs, ReconcileTimeout: reconcileTimeout,
		OnOutcome: reporter.Outcome, Failures: reporter.Failures,
	})
	wake.queue = queue
	m.instances.OnChange(reconcile.EnqueueChanges(queue.Enqueue))
	m.workers.OnChange(reconcile.EnqueueChanges(func(worker string) {
		for _, id := range m.instancesOn(worker) {
			wake.now(id)
		}
	}))
}

// addContent adds the reconciler of definitions' content, and what wakes it.
func (m *models) addContent(r *controller.Runtime, config Config, out outside) {
	wake := &waker{}
	deps := content.Deps{
		Definitions: m.definitionGate(r, wake.now), API: r.API, Folders: out.lds, MaxPackage: int64(config.Content.MaxPackageMB) << 20, Log: r.Log,
	}
	if out.s3 != nil {
		deps.Objects = out.s3
	}
	if out.grading != nil {
		deps.Toolkits = out.grading
	}
	queue := controller.Queued(r, "content", content.New(deps), reconcile.Options[string]{
		Workers: config.Content.Concurrency, Resync: config.Resync(), Keys: m.definitionsToSync, ReconcileTimeout: reconcileTimeout,
	})
	wake.queue = queue
	m.definitions.OnChange(reconcile.EnqueueChanges(func(id string) {
		if d, _, ok := m.definitions.Get(id); ok && content.Wanted(d) {
			queue.Enqueue(id)
		}
	}))
}

// waker runs a key at once; gates need it before there is a queue.
type waker struct{ queue *reconcile.Controller[string] }

func (w *waker) now(key string) { w.queue.EnqueueAfter(key, 0) }
