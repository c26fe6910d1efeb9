package query

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/resource"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/definition"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/labrecord"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/template"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// ReportDeps is what the report is made of.
type ReportDeps struct {
	Queries     *Queries
	Definitions *repo.Repo[definition.Definition]
	LabRecords  *repo.Repo[labrecord.LabRecord]
	Templates   *repo.Repo[template.Template]
}

// Reports answers how the system stands.
type Reports struct{ d ReportDeps }

// NewReports makes it.
func NewReports(d ReportDeps) *Reports { return &Reports{d: d} }

// Summary counts, sums up how full the workers are, and what they cost. It is no snapshot: what moves meanwhile may be counted
// before or after.
func (r *Reports) Summary(ctx context.Context) (api.Report, error) {
	report := api.Report{At: r.d.Queries.now(), Regions: []api.RegionUtilisation{}, Machines: []api.WorkerUtilisation{}}
	if err := r.count(ctx, &report); err != nil {
		return report, err
	}
	return report, r.measure(ctx, &report)
}

// count tells how much there is of what.
func (r *Reports) count(ctx context.Context, report *api.Report) (err error) {
	q := r.d.Queries.d
	if report.Instances, err = counts(ctx, q.Instances, lifecycle.Instances()); err != nil {
		return err
	}
	if report.Workers, err = counts(ctx, q.Workers, lifecycle.Workers()); err != nil {
		return err
	}
	if report.Definitions, err = counts(ctx, r.d.Definitions, lifecycle.Definitions()); err != nil {
		return err
	}
	report.LabRecords, err = counts(ctx, r.d.LabRecords, lifecycle.LabRecords())
	return err
}

// measure tells how full the workers are and what they cost, each and by region.
func (r *Reports) measure(ctx context.Context, report *api.Report) error {
	q := r.d.Queries.d
	prices, err := r.prices(ctx)
	if err != nil {
		return err
	}
	s, err := q.Settings.Effective(ctx)
	if err != nil {
		return err
	}
	margin := minutes(s.Timing.TeardownMarginMinutes)
	live, err := workerFilter("", false)
	if err != nil {
		return err
	}
	regions := map[string]*api.RegionUtilisation{}
	err = q.Workers.Walk(ctx, live, func(w *worker.Worker, _ repo.Meta) error {
		one := workerUtilisation(w, prices, report.At, margin)
		report.Machines = append(report.Machines, one)
		region := regions[w.AWSRegion]
		if region == nil {
			region = &api.RegionUtilisation{AWSRegion: w.AWSRegion}
			regions[w.AWSRegion] = region
		}
		region.Workers++
		region.Utilisation = summed(region.Utilisation, one.Utilisation)
		charge(&region.Cost, w.Status, one.CostPerHourUSD)
		charge(&report.Cost, w.Status, one.CostPerHourUSD)
		return nil
	})
	for _, region := range regions {
		report.Regions = append(report.Regions, *region)
	}
	slices.SortFunc(report.Regions, func(a, b api.RegionUtilisation) int { return cmp.Compare(a.AWSRegion, b.AWSRegion) })
	return err
}

// counts how many there are in each status, in the order of the table.
func counts[T any, S ~string](ctx context.Context, of *repo.Repo[T], table lifecycle.Table[S]) ([]api.StatusCount, error) {
	all := make([]api.StatusCount, 0, len(table.Statuses()))
	for _, status := range table.Statuses() {
		n, err := of.Count(ctx, store.Query{Equal: map[string][]string{command.FieldStatus: {string(status)}}})
		if err != nil {
			return nil, err
		}
		all = append(all, api.StatusCount{Status: string(status), Count: n})
	}
	return all, nil
}

// prices are the templates' by their names; those of deleted templates hold for the machines that were made from them.
func (r *Reports) prices(ctx context.Context) (map[string]float64, error) {
	prices := map[string]float64{}
	err := r.d.Templates.Walk(ctx, store.Query{}, func(t *template.Template, _ repo.Meta) error {
		if _, known := prices[t.Name]; !known || !t.Deleted {
			prices[t.Name] = t.CostPerHourUSD
		}
		return nil
	})
	return prices, err
}

func workerUtilisation(w *worker.Worker, prices map[string]float64, now time.Time, margin time.Duration) api.WorkerUtilisation {
	dto := WorkerDTO(w, 0, now, margin)
	one := api.WorkerUtilisation{
		WorkerID: w.ID, Name: w.Name, AWSRegion: w.AWSRegion, Status: w.Status, TemplateName: w.TemplateName,
		Utilisation: percentages(api.Utilisation{
			Declared: w.DeclaredCapacity, Allocated: dto.AllocatedCapacity, Instances: len(dto.InstanceIDs),
		}),
	}
	if price, known := prices[w.TemplateName]; known {
		if !running(w.Status) {
			price = 0
		}
		one.CostPerHourUSD = &price
	}
	return one
}

// running reports whether a machine in a status is paid for.
func running(s lifecycle.WorkerStatus) bool {
	switch s {
	case lifecycle.WorkerProvisioning, lifecycle.WorkerStarting, lifecycle.WorkerRunning, lifecycle.WorkerDraining, lifecycle.WorkerStopping,
		lifecycle.WorkerTerminating:
		return true
	default:
		return false
	}
}

const hoursPerDay = 24

func charge(sum *api.Cost, status lifecycle.WorkerStatus, price *float64) {
	switch {
	case !running(status):
	case price == nil:
		sum.Unpriced++
	default:
		sum.PerHourUSD += *price
		sum.PerDayUSD = sum.PerHourUSD * hoursPerDay
	}
}

func summed(a, b api.Utilisation) api.Utilisation {
	return percentages(api.Utilisation{
		Declared: a.Declared.Add(b.Declared), Allocated: a.Allocated.Add(b.Allocated), Instances: a.Instances + b.Instances,
	})
}

func percentages(u api.Utilisation) api.Utilisation {
	u.CPUPercent = percent(u.Allocated, u.Declared, func(c resource.Capacity) int { return c.CPUCores })
	u.MemoryPercent = percent(u.Allocated, u.Declared, func(c resource.Capacity) int { return c.MemoryGB })
	u.StoragePercent = percent(u.Allocated, u.Declared, func(c resource.Capacity) int { return c.StorageGB })
	return u
}

func percent(part, whole resource.Capacity, of func(resource.Capacity) int) float64 {
	if of(whole) == 0 {
		return 0
	}
	return float64(of(part)) / float64(of(whole)) * 100
}
