package query

import (
	"context"
	"slices"
	"strings"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/resource"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/page"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/definition"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Blobs reads lab files by hash.
type Blobs interface {
	Get(ctx context.Context, hash string) ([]byte, error)
}

// Definitions holds the queries on definitions.
type Definitions struct {
	repo  *repo.Repo[definition.Definition]
	blobs Blobs
}

// NewDefinitions makes them.
func NewDefinitions(r *repo.Repo[definition.Definition], blobs Blobs) *Definitions {
	return &Definitions{repo: r, blobs: blobs}
}

// Get answers a definition with its version.
func (q *Definitions) Get(ctx context.Context, id string) (api.Definition, int64, error) {
	d, meta, err := q.repo.Get(ctx, id)
	if err != nil {
		return api.Definition{}, 0, err
	}
	return shownTo(ctx, DefinitionDTO(d)), meta.Version, nil
}

// shownTo leaves out whom to tell for those who neither make definitions nor manage: a webhook's URL may hold a token.
func shownTo(ctx context.Context, d api.Definition) api.Definition {
	roles := call.From(ctx).Roles
	if !slices.ContainsFunc([]api.Role{api.Admin, api.Manager, api.LabAuthor}, func(r api.Role) bool { return slices.Contains(roles, r) }) {
		d.OwnerNotification = nil
	}
	return d
}

// Model answers a definition's read model.
func (q *Definitions) Model(ctx context.Context, id string) (readmodel.Definition, error) {
	d, meta, err := q.repo.Get(ctx, id)
	if err != nil {
		return readmodel.Definition{}, err
	}
	return d.Model(meta.Version, meta.Generation), nil
}

// Topology answers a definition's lab file; definition_not_synced where there is none yet.
func (q *Definitions) Topology(ctx context.Context, id string) (api.Topology, error) {
	d, _, err := q.repo.Get(ctx, id)
	if err != nil {
		return api.Topology{}, err
	}
	if d.Content.TopologyHash == "" {
		return api.Topology{}, failure.New(failure.Conflict, "definition_not_synced", "The definition's content has not been synced yet.")
	}
	yaml, err := q.blobs.Get(ctx, d.Content.TopologyHash)
	if err != nil {
		return api.Topology{}, err
	}
	return api.Topology{Hash: d.Content.TopologyHash, YAML: string(yaml)}, nil
}

// List answers a page of definitions, newest first unless another order is asked for.
func (q *Definitions) List(ctx context.Context, f api.ListDefinitions) (page.Page[api.DefinitionSummary], error) {
	filter, err := definitionFilter(f)
	if err != nil {
		return page.Page[api.DefinitionSummary]{}, err
	}
	sorted(&filter, definitionSorts(), f.Sort, f.Order)
	return list(ctx, q.repo, filter, f.List, cursorBy(command.DefinitionKind(), filter.Sort), func(l repo.Loaded[definition.Definition]) api.DefinitionSummary {
		return definitionSummary(l.Value)
	})
}

func definitionSorts() map[string]string {
	return map[string]string{
		"created_at": command.FieldMade, "name": command.FieldName, "status": command.FieldStatus, "sync_status": command.FieldSyncStatus,
	}
}

func definitionCursor(l repo.Loaded[definition.Definition]) store.Cursor {
	return store.Cursor{Value: store.FormatTime(l.Value.CreatedAt), ID: l.Value.ID}
}

// definitionFilter leaves out what can no longer be booked, unless it is asked for.
func definitionFilter(f api.ListDefinitions) (store.Query, error) {
	q := store.Query{Sort: command.FieldMade, Desc: true, Equal: map[string][]string{}}
	only(&q, command.FieldName, f.Name)
	only(&q, command.FieldSyncStatus, strings.ToLower(f.SyncStatus))
	shown, err := statuses(f.Status, true, lifecycle.Definitions(), lifecycle.Definitions().Parse)
	if err != nil {
		return q, err
	}
	if len(shown) == 0 {
		shown = []string{string(lifecycle.DefinitionPendingSync), string(lifecycle.DefinitionActive), string(lifecycle.DefinitionInactive)}
		if f.IncludeDeprecated {
			shown = append(shown, string(lifecycle.DefinitionDeprecated), string(lifecycle.DefinitionArchived))
		}
	}
	q.Equal[command.FieldStatus] = shown
	return q, nil
}

func definitionSummary(d *definition.Definition) api.DefinitionSummary {
	return api.DefinitionSummary{
		ID: d.ID, Name: d.Name, Version: d.Version, FormQualifiedName: d.Source.FormQualifiedName, Status: d.Status, SyncStatus: d.SyncStatus,
		NodeCount: d.NodeCount, MaxDurationMinutes: d.MaxDurationMinutes, WarmPoolDepth: d.WarmPoolDepth,
		IsDeprecated: d.Status == lifecycle.DefinitionDeprecated || d.Status == lifecycle.DefinitionArchived, CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt,
	}
}

// DefinitionDTO is a definition as people see it.
func DefinitionDTO(d *definition.Definition) api.Definition {
	dto := api.Definition{
		DefinitionSummary: definitionSummary(d), LabArtifactURI: d.Source.ArtifactURI, LabYAMLHash: d.Content.TopologyHash,
		ContentPackageHash: d.Content.PackageHash, ContentBucketName: d.Source.BucketName, UserSessionPackageName: d.Source.PackageName,
		ResourceRequirements: d.Requirements, LicenseAffinity: d.LicenseAffinity,
		PortTemplate:    api.PortTemplate{Ports: orEmpty(d.PortTemplate.Ports), PortCount: len(d.PortTemplate.Ports)},
		GradingRulesURI: d.GradingRulesURI, GradeXMLPath: d.Content.GradeXMLPath, CollectionEnabled: d.CollectionEnabled,
		GradingEnabled: d.GradingEnabled, BootLeadMinutes: d.BootLeadMinutes, SyncError: d.SyncError, LastSyncedAt: d.LastSyncedAt,
		PreviousVersionID: d.PreviousVersionID, CreatedBy: d.CreatedBy, UserVisibleDevices: d.Content.UserVisibleDevices,
		UpstreamVersion: d.Content.UpstreamVersion, UpstreamSyncStatus: d.Content.UpstreamSyncStatus,
		OwnerNotification: notificationDTO(d.Notification), Conditions: d.Conditions, CMLYAMLPath: d.Content.CMLYAMLPath,
		UpstreamPublished: d.Content.UpstreamPublished, UpstreamInstance: d.Content.UpstreamInstance, UpstreamFormID: d.Content.UpstreamFormID,
	}
	if end := d.Deprecation; end != nil {
		dto.DeprecatedBy, dto.DeprecatedAt, dto.DeprecationReason, dto.ReplacementVersion = end.By, &end.At, end.Reason, end.ReplacementVersion
	}
	return dto
}

func notificationDTO(n *definition.Notification) *api.Notification {
	if n == nil {
		return nil
	}
	dto := &api.Notification{
		Email: n.Email, WebhookURL: n.WebhookURL, NotifyOnStart: &n.NotifyOnStart, NotifyOnComplete: &n.NotifyOnComplete, NotifyOnError: &n.NotifyOnError,
	}
	if n.Email != "" {
		dto.EmailStatus = NotConfigured
	}
	if len(n.SealedSecret) > 0 {
		dto.WebhookSecret = secret.Mask
	}
	return dto
}

func orEmpty(ports []resource.PortDefinition) []resource.PortDefinition {
	if ports == nil {
		return []resource.PortDefinition{}
	}
	return ports
}
