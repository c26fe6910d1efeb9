package service

import (
	"context"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/query"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/labrecord"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/httpapi"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// edgeLabs adds what the routes of labs and reports need.
func (p *parts) edgeLabs(deps httpapi.Deps) httpapi.Deps {
	deps.Labs = httpapi.Labs{
		Queries: query.NewLabs(p.repos.labRecords, p.repos.workers, p.blobs),
		Reports: query.NewReports(query.ReportDeps{
			Queries: deps.Queries, Definitions: p.repos.definitions, LabRecords: p.repos.labRecords, Templates: p.repos.templates,
		}),
	}
	return deps
}

// labFiles marks the lab files that labs refer to, those of their earlier revisions too.
func (p *parts) labFiles(ctx context.Context, used map[string]bool) error {
	return p.repos.labRecords.Walk(ctx, store.Query{}, func(l *labrecord.LabRecord, _ repo.Meta) error {
		for _, hash := range l.Blobs() {
			used[hash] = true
		}
		return nil
	})
}
