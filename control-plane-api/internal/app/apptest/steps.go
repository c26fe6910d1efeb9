package apptest

import (
	"context"
	"strconv"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
)

// ReadyWorker makes a worker with so many vCPU on which labs may be placed.
func (w *World) ReadyWorker(cpu int) *worker.Worker {
	w.T.Helper()
	w.sequence++
	name := "template-" + strconv.Itoa(w.sequence)
	w.Template(name, cpu)
	ctx := Service("worker-controller", "")
	made, err := w.Commands.ScaleUp(ctx, api.ScaleUp{Body: api.ScaleUpBody{TemplateName: name, Reason: "test", Demand: name}})
	require.NoError(w.T, err)
	_, err = w.Commands.PlanLaunch(ctx, api.PlanLaunch{ID: made.ID, Body: api.PlanLaunchBody{
		Generation: made.Generation, AMIID: "ami-1", InstanceType: "m5.metal", SubnetID: "subnet-1", SecurityGroupIDs: []string{"sg-1"}, DiskGB: 100,
	}})
	require.NoError(w.T, err)
	w.Observe(made.ID, "running")
	_, err = w.Commands.ReportCMLData(ctx, api.ReportCMLData{ID: made.ID, Body: api.ReportCMLDataBody{
		Version: "2.9.0", Ready: true, CollectedAt: w.Clock.Now(),
		License: &api.CMLLicenseInfo{RegistrationStatus: "COMPLETED", AuthorizationStatus: "IN_COMPLIANCE", IsEnterprise: true},
	}})
	require.NoError(w.T, err)
	ready := w.Worker(made.ID)
	require.True(w.T, ready.Placeable, ready.NotPlaceable)
	return ready
}

// Observe reports what EC2 shows of a worker.
func (w *World) Observe(id, status string) {
	w.T.Helper()
	_, err := w.Commands.ReportWorkerStatus(Service("worker-controller", ""), api.ReportWorkerStatus{ID: id, Body: api.ReportWorkerStatusBody{Status: status}})
	require.NoError(w.T, err)
}

// Book books a lab of a definition, from and until as seen from the clock.
func (w *World) Book(definitionID string, from, until time.Duration) *instance.Instance {
	w.T.Helper()
	start, end := w.Clock.Now().Add(from), w.Clock.Now().Add(until)
	i, _, err := w.Commands.CreateInstance(As("ann"), api.CreateInstance{Body: api.CreateInstanceBody{
		DefinitionID: definitionID, TimeslotStart: &start, TimeslotEnd: &end,
	}})
	require.NoError(w.T, err)
	return i
}

// Schedule places instances on a worker at their present generations.
func (w *World) Schedule(ctx context.Context, workerID string, instanceIDs ...string) (api.ScheduleResult, error) {
	w.T.Helper()
	req := api.Schedule{WorkerID: workerID, Body: api.ScheduleBody{ScheduledBy: "resource-scheduler"}}
	for _, id := range instanceIDs {
		_, generation := w.Instance(id)
		req.Body.Instances = append(req.Body.Instances, api.ScheduleItem{InstanceID: id, Generation: generation})
	}
	return w.Commands.Schedule(ctx, req)
}

// Place schedules one instance and expects that it works.
func (w *World) Place(workerID, id string) *instance.Instance {
	w.T.Helper()
	result, err := w.Schedule(Service("resource-scheduler", ""), workerID, id)
	require.NoError(w.T, err)
	require.Empty(w.T, result.Outcomes[0].Code, result.Outcomes[0].Message)
	i, _ := w.Instance(id)
	return i
}

// Start begins instantiation at the instance's present generation.
func (w *World) Start(id string) (api.Ack, error) {
	w.T.Helper()
	_, generation := w.Instance(id)
	return w.Commands.StartInstantiation(Service("lablet-controller", ""), api.StartInstantiation{ID: id, Body: api.GenerationBody{Generation: generation}})
}

// Intend stores the intent to import a lab for the present attempt.
func (w *World) Intend(id string) {
	w.T.Helper()
	i, generation := w.Instance(id)
	_, err := w.Commands.PutInstanceFinalizer(Service("lablet-controller", ""), api.PutFinalizer{ID: id, Body: api.PutFinalizerBody{
		Kind: readmodel.FinalizerLab, Attempt: i.Attempt, Generation: generation,
	}})
	require.NoError(w.T, err)
}

// Drop tells that a finalizer's thing was seen gone.
func (w *World) Drop(id string, kind readmodel.FinalizerKind, attempt int) {
	w.T.Helper()
	_, err := w.Commands.DropInstanceFinalizer(Service("lablet-controller", ""), api.DropFinalizer{ID: id, Kind: string(kind), Attempt: attempt})
	require.NoError(w.T, err)
}

// Move moves an instance by the transition route.
func (w *World) Move(id, to, reason string) (api.Ack, error) {
	w.T.Helper()
	_, generation := w.Instance(id)
	return w.Commands.Transition(Service("lablet-controller", ""), api.Transition{ID: id, Body: api.TransitionBody{Status: to, Reason: reason, Generation: generation}})
}

// Running takes an instance of a worker all the way to a candidate at work.
func (w *World) Running(workerID, definitionID string) *instance.Instance {
	w.T.Helper()
	i := w.Book(definitionID, time.Minute, time.Hour)
	w.Place(workerID, i.ID)
	_, err := w.Start(i.ID)
	require.NoError(w.T, err)
	w.Intend(i.ID)
	_, generation := w.Instance(i.ID)
	_, err = w.Commands.MarkReady(Service("lablet-controller", ""), api.MarkReady{ID: i.ID, Body: api.MarkReadyBody{
		Generation: generation, CMLLabID: "lab-" + i.ID, LDSSessionID: "lds-" + i.ID, LDSLoginURL: "https://lds.example/launch?token=x",
	}})
	require.NoError(w.T, err)
	_, err = w.Commands.SessionStarted(Service("lablet-controller", ""), api.SessionStarted{Body: api.SessionStartedBody{LDSSessionID: "lds-" + i.ID}})
	require.NoError(w.T, err)
	running, _ := w.Instance(i.ID)
	return running
}
