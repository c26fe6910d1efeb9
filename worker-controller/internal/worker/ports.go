package worker

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
	"github.com/lablet-cloud-manager/lcm/core/secret"
)

// The codes of EC2's failures. An adapter gives them with the kind that is named; they are the reasons of conditions.
const (
	// CodeEC2Quota: the account may have no more. Kind Quota.
	CodeEC2Quota = "ec2_quota"
	// CodeEC2Capacity: EC2 has no machine of the type now. Kind Unavailable.
	CodeEC2Capacity = "ec2_capacity"
	// CodeEC2Throttled: too many calls. Kind Throttled.
	CodeEC2Throttled = "ec2_throttled"
	// CodeEC2BadRequest: EC2 will never take the call as it is. Kind Invalid.
	CodeEC2BadRequest = "ec2_bad_request"
	// CodeEC2Credentials: the credentials are refused or may not do this. Kind Unauthenticated.
	CodeEC2Credentials = "ec2_credentials"
	// CodeEC2NotFound: there is no such machine or image (yet). Kind NotFound.
	CodeEC2NotFound = "ec2_not_found"
	// CodeEC2State: the machine's state does not allow it now, or the client token belongs to another launch. Kind Conflict.
	CodeEC2State = "ec2_state"
	// CodeEC2Unavailable: no answer, or one that says nothing. Kind Unavailable.
	CodeEC2Unavailable = "ec2_unavailable"
)

// Images finds what to launch. Both answer ec2_not_found where there is none.
type Images interface {
	// NewestImage is the account's newest image whose name matches a pattern with *.
	NewestImage(ctx context.Context, region, pattern string) (Image, error)
	Image(ctx context.Context, region, id string) (Image, error)
}

// Finder looks machines up; what EC2 does not know is no error.
type Finder interface {
	// FindByWorker lists the machines that are tagged with a worker's id, in whatever state.
	FindByWorker(ctx context.Context, region, workerID string) ([]Machine, error)
	Describe(ctx context.Context, region, machineID string) (m Machine, found bool, err error)
}

// Lister lists all machines of a region that LCM has tagged.
type Lister interface {
	List(ctx context.Context, region string) ([]Machine, error)
}

// Power changes machines. All may be repeated; a machine that is gone is no error to Terminate.
type Power interface {
	// Launch makes a machine, or gives the one that the same order made before.
	Launch(ctx context.Context, order LaunchOrder) (Machine, error)
	Start(ctx context.Context, region, machineID string) error
	Stop(ctx context.Context, region, machineID string) error
	Terminate(ctx context.Context, region, machineID string) error
}

// EC2 is what the reconciler needs of EC2.
type EC2 interface {
	Images
	Finder
	Power
}

// System tells about CML on a machine.
type System interface {
	Information(ctx context.Context) (Information, error)
	Usage(ctx context.Context) (Usage, error)
	NodeDefinitions(ctx context.Context) ([]string, error)
	ImageDefinitions(ctx context.Context) ([]string, error)
}

// Licensing is CML's licensing.
type Licensing interface {
	License(ctx context.Context) (License, error)
	// Register begins a registration; License tells how it goes.
	Register(ctx context.Context, token secret.String, again bool) error
	Deregister(ctx context.Context) (Deregistered, error)
}

// CML is the system part of a machine's CML.
type CML interface {
	System
	Licensing
}

// Contact says which CML to talk to.
type Contact struct {
	WorkerID string
	// Address is the machine's, from EC2.
	Address string
	// Pin is the fingerprint of the certificate that the worker showed first, empty before that.
	Pin string
	// FirstContact stores the fingerprint of a certificate that is seen for the first time; without success nothing is sent.
	FirstContact func(fingerprint string) error
}

// Connect gives a client for a CML; it connects to nothing yet.
type Connect func(contact Contact) (CML, error)

// LifeCommands tell the API about a machine's life.
type LifeCommands interface {
	PlanLaunch(ctx context.Context, req api.PlanLaunch) (api.Ack, error)
	ReportWorkerStatus(ctx context.Context, req api.ReportWorkerStatus) (api.Ack, error)
	PutWorkerFinalizer(ctx context.Context, req api.PutFinalizer) (api.Ack, error)
	DropWorkerFinalizer(ctx context.Context, req api.DropFinalizer) (api.Ack, error)
	WorkerConditions(ctx context.Context, req api.SetConditions) (api.Ack, error)
}

// CMLCommands tell the API about CML on a machine.
type CMLCommands interface {
	ReportCMLData(ctx context.Context, req api.ReportCMLData) (api.Ack, error)
	PinCertificate(ctx context.Context, req api.PinCertificate) (api.Ack, error)
}

// LicenseCommands tell the API how an operation on a licence goes.
type LicenseCommands interface {
	LicenseToken(ctx context.Context, req api.ID) (api.LicenseToken, error)
	StartRegistration(ctx context.Context, req api.LicenseStep) (api.Ack, error)
	CompleteRegistration(ctx context.Context, req api.LicenseStep) (api.Ack, error)
	FailRegistration(ctx context.Context, req api.LicenseStep) (api.Ack, error)
	StartDeregistration(ctx context.Context, req api.LicenseStep) (api.Ack, error)
	CompleteDeregistration(ctx context.Context, req api.LicenseStep) (api.Ack, error)
	FailDeregistration(ctx context.Context, req api.LicenseStep) (api.Ack, error)
}

// API is what the reconciler asks control-plane-api to do.
type API interface {
	LifeCommands
	CMLCommands
	LicenseCommands
}

// Models gives read models that are at least as new as what this process has written; a reconcile.Gate does.
type Models interface {
	Open(ctx context.Context, id, waiter string) (reconcile.View[readmodel.Worker], bool, reconcile.Result, error)
}
