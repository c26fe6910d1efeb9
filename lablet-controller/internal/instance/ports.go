package instance

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/cmllabs"
	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/grading"
	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/lds"
)

// Source gives read models that are at least as new as what this process has written; a reconcile.Gate is one.
type Source[M any] interface {
	Open(ctx context.Context, id, waiter string) (view reconcile.View[M], ready bool, wait reconcile.Result, err error)
}

// Moves are the commands that move an instance.
type Moves interface {
	StartInstantiation(ctx context.Context, req api.StartInstantiation) (api.Ack, error)
	MarkReady(ctx context.Context, req api.MarkReady) (api.Ack, error)
	SessionStarted(ctx context.Context, req api.SessionStarted) (api.Ack, error)
	Transition(ctx context.Context, req api.Transition) (api.Ack, error)
}

// Notes are the commands that record what was found or done.
type Notes interface {
	RecordStep(ctx context.Context, req api.RecordStep) (api.Ack, error)
	RecordScore(ctx context.Context, req api.RecordScore) (api.Ack, error)
	InstanceConditions(ctx context.Context, req api.SetConditions) (api.Ack, error)
}

// Finalizers are the commands that store an intent and what became of it.
type Finalizers interface {
	PutInstanceFinalizer(ctx context.Context, req api.PutFinalizer) (api.Ack, error)
	DropInstanceFinalizer(ctx context.Context, req api.DropFinalizer) (api.Ack, error)
}

// Questions are what the API is asked that is not in a cache.
type Questions interface {
	DefinitionTopology(ctx context.Context, req api.ID) (api.Topology, error)
	WorkerModel(ctx context.Context, req api.ID) (readmodel.Worker, error)
}

// Control is the API as a reconciler uses it.
type Control interface {
	Moves
	Notes
	Finalizers
	Questions
}

// LabStore finds, makes and removes labs on a worker.
type LabStore interface {
	Find(ctx context.Context, title string) ([]cmllabs.Lab, error)
	Get(ctx context.Context, id string) (cmllabs.Lab, error)
	Import(ctx context.Context, title string, topology []byte) (string, error)
}

// LabRun starts and stops a lab.
type LabRun interface {
	Start(ctx context.Context, id string) error
	Converged(ctx context.Context, id string) (bool, error)
	Stop(ctx context.Context, id string) error
	Wipe(ctx context.Context, id string) error
	Delete(ctx context.Context, id string) error
}

// LabContent reads what a candidate has made of a lab.
type LabContent interface {
	Nodes(ctx context.Context, lab string) ([]cmllabs.Node, error)
	Extract(ctx context.Context, lab, node string) error
	ConsoleLog(ctx context.Context, lab, node string) (string, error)
	Download(ctx context.Context, lab string) ([]byte, error)
}

// Labs is the CML of one worker.
type Labs interface {
	LabStore
	LabRun
	LabContent
}

// Workers reaches the CML of a worker.
type Workers interface {
	Open(ctx context.Context, worker readmodel.Worker) (Labs, error)
	// Address is where the worker is reached, empty where it has no address.
	Address(worker readmodel.Worker) string
}

// Sessions makes and ends sessions of the Lab Delivery System. Deployments are named by region.
type Sessions interface {
	Create(ctx context.Context, deployment string, booking lds.Booking) (string, error)
	Find(ctx context.Context, deployment, authID string) (found []lds.Session, sure bool, err error)
	Get(ctx context.Context, deployment, id string) (lds.Session, error)
	Finish(ctx context.Context, deployment, id string) error
	Pause(ctx context.Context, deployment, id string) error
	Resume(ctx context.Context, deployment, id string) error
	Release(ctx context.Context, deployment, id string) error
}

// Access gives a candidate the way into a session.
type Access interface {
	SetDevices(ctx context.Context, deployment, id string, devices []lds.Device) error
	LaunchURL(ctx context.Context, deployment, id string) (secret.String, error)
}

// Delivery is the Lab Delivery System.
type Delivery interface {
	Sessions
	Access
	// For names the deployment of a region, Names lists all.
	For(region string) (string, bool)
	Names() []string
}

// Grader is the grading engine.
type Grader interface {
	Get(ctx context.Context, id string) (grading.Session, error)
	Create(ctx context.Context, session grading.NewSession) error
	Grade(ctx context.Context, id, partID string) error
	RemovePart(ctx context.Context, id, partID string) error
	CutScore(ctx context.Context, partID string) (score int, ok bool, err error)
}

// Evidence keeps evidence packages and gives their address.
type Evidence interface {
	Put(ctx context.Context, key string, content []byte) (string, error)
}
