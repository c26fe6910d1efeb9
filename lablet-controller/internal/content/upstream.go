package content

import (
	"context"
	"log/slog"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// The services that read packages themselves, and what came of asking them to.
const (
	serviceLDS     = "lds"
	serviceGrading = "grading_engine"

	outcomeSuccess       = "success"
	outcomeFailed        = "failed"
	outcomeNotConfigured = "not_configured"
)

// upstream makes LDS and the grading engine read a form's package again. What fails is recorded and does not fail the sync.
// version is the one that LDS has now.
func (r *Reconciler) upstream(ctx context.Context, d readmodel.Definition) (outcomes map[string]string, version string) {
	if d.FormQualifiedName == "" {
		return nil, ""
	}
	outcomes = map[string]string{serviceLDS: outcomeNotConfigured, serviceGrading: outcomeNotConfigured}
	for _, deployment := range r.Folders.Names() {
		synced, err := r.Folders.SyncFolder(ctx, deployment, d.FormQualifiedName)
		if err != nil {
			r.Log.WarnContext(ctx, "LDS did not read a package", slog.String("definition", d.ID), slog.String("deployment", deployment), slog.Any("error", err))
			outcomes[serviceLDS] = outcomeFailed
			continue
		}
		version = synced
		if outcomes[serviceLDS] != outcomeFailed {
			outcomes[serviceLDS] = outcomeSuccess
		}
	}
	if r.Toolkits == nil {
		return outcomes, version
	}
	outcomes[serviceGrading] = outcomeSuccess
	if err := r.Toolkits.Synchronize(ctx, d.FormQualifiedName); err != nil {
		r.Log.WarnContext(ctx, "the grading engine did not read a package", slog.String("definition", d.ID), slog.Any("error", err))
		outcomes[serviceGrading] = outcomeFailed
	}
	return outcomes, version
}
