// Package content is the reconciler of definitions' content: it reads a lab's package from object storage, tells the API what
// is in it, and makes the Lab Delivery System and the grading engine read it too.
package content

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/reconcile"
)

// Source gives read models that are at least as new as what this process has written; a reconcile.Gate is one.
type Source interface {
	Open(ctx context.Context, id, waiter string) (view reconcile.View[readmodel.Definition], ready bool, wait reconcile.Result, err error)
}

// Commands is what the API is told.
type Commands interface {
	ContentSynced(ctx context.Context, req api.ContentSynced) (api.Ack, error)
}

// Objects reads packages.
type Objects interface {
	Get(ctx context.Context, bucket, key string, limit int64) ([]byte, error)
}

// Folders are the installations of LDS, each of which reads packages into a folder of its own.
type Folders interface {
	Names() []string
	SyncFolder(ctx context.Context, deployment, formQualifiedName string) (version string, err error)
}

// Toolkits is the grading engine's copy of packages.
type Toolkits interface {
	Synchronize(ctx context.Context, formQualifiedName string) error
}

// Deps is what the reconciler works with. Objects and Toolkits are nil where they are not configured.
type Deps struct {
	Definitions Source
	API         Commands
	Objects     Objects
	Folders     Folders
	Toolkits    Toolkits
	// MaxPackage is the largest package that is read, in bytes.
	MaxPackage int64
	Log        *slog.Logger
}

// Reconciler syncs one definition at a time by its id. It is safe for concurrent use on different ids.
type Reconciler struct{ Deps }

// New makes the reconciler.
func New(deps Deps) *Reconciler { return &Reconciler{Deps: deps} }

// syncRequested is the sync status that asks for work.
const syncRequested = "sync_requested"

// Wanted reports whether a definition waits for a sync.
func Wanted(d readmodel.Definition) bool {
	return d.SyncStatus == syncRequested && d.Status != lifecycle.DefinitionDeleted
}

// reportTimeout bounds the report of a failure, which is made even when the work took all the time there was.
const reportTimeout = 20 * time.Second

// Reconcile implements reconcile.Reconciler. A failure is told to the API and tried again with back-off: whoever owns the
// package may mend it at any time.
func (r *Reconciler) Reconcile(ctx context.Context, id string) (reconcile.Result, error) {
	view, ready, wait, err := r.Definitions.Open(ctx, id, id)
	if err != nil || !ready {
		return wait, err
	}
	if !view.Found || !Wanted(view.Model) {
		return reconcile.Result{}, nil
	}
	found, err := r.read(ctx, view.Model)
	if err != nil {
		return reconcile.Result{}, r.report(ctx, view.Model, err)
	}
	upstream, version := r.upstream(ctx, view.Model)
	if ctx.Err() != nil {
		return reconcile.Result{}, ctx.Err()
	}
	_, err = r.API.ContentSynced(ctx, api.ContentSynced{ID: id, Body: body(view.Model, found, upstream, version)})
	switch {
	case failure.Is(err, failure.NotFound):
		return reconcile.Result{}, nil
	case failure.CodeOf(err) == "artifact_changed":
		// Trying again cannot help: a version's topology never changes.
		return reconcile.Result{}, reconcile.Terminal(r.report(ctx, view.Model, err))
	case failure.Is(err, failure.Conflict), failure.Is(err, failure.Invalid), failure.Is(err, failure.Malformed):
		return reconcile.Result{}, r.report(ctx, view.Model, err)
	}
	return reconcile.Result{}, err
}

// report tells the API why a sync failed, and gives the failure back.
func (r *Reconciler) report(ctx context.Context, d readmodel.Definition, cause error) error {
	if errors.Is(ctx.Err(), context.Canceled) || failure.Is(cause, failure.StaleTerm) {
		return cause
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), reportTimeout)
	defer cancel()
	code, message := failure.CodeOf(cause), "The content could not be synced; the log of lablet-controller tells why."
	if f, ok := errors.AsType[*failure.Error](cause); ok {
		message = f.Message
	}
	_, err := r.API.ContentSynced(ctx, api.ContentSynced{ID: d.ID, Body: api.ContentSyncedBody{
		SyncStatus: "failed", RequestedAt: d.SyncRequestedAt, ErrorCode: clip(code, 64), ErrorMessage: clip(message, 2000),
	}})
	if failure.Is(err, failure.NotFound) {
		return nil
	}
	return errors.Join(cause, err)
}

func body(d readmodel.Definition, p *pack, upstream map[string]string, version string) api.ContentSyncedBody {
	if p.meta.Version != "" {
		version = p.meta.Version
	}
	return api.ContentSyncedBody{
		SyncStatus: "success", RequestedAt: d.SyncRequestedAt, ContentPackageHash: p.hash, CMLYAMLPath: p.topologyPath,
		CMLYAMLContent: string(p.topology), GradeXMLPath: p.gradePath, DevicesJSON: p.devicesJSON, UserVisibleDevices: p.visible,
		HasContentXML: p.hasContentXML, UpstreamVersion: clip(version, 64), UpstreamPublished: clip(p.meta.DatePublished, 64),
		UpstreamInstance: clip(p.meta.InstanceName, 128), UpstreamFormID: clip(p.meta.FormID, 64), UpstreamSyncStatus: upstream,
	}
}
