package query_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/apptest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/query"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/template"
)

func TestTheReportCountsAndSumsUp(t *testing.T) {
	w := apptest.New(t)
	busy, idle := w.ReadyWorker(20), w.ReadyWorker(10)
	w.Running(busy.ID, w.Definition(5).ID)
	w.Book(w.Definition(5).ID, time.Hour, 2*time.Hour)
	price := func(name string, usd float64) {
		found, _, err := w.Templates.GetUnique(context.Background(), name)
		require.NoError(t, err)
		_, _, err = w.Templates.Update(context.Background(), found.ID, func(t *template.Template) error {
			t.CostPerHourUSD = usd
			t.Note("test.priced.v1", nil)
			return nil
		})
		require.NoError(t, err)
	}
	price(busy.TemplateName, 4)
	price(idle.TemplateName, 1.5)
	reports := query.NewReports(query.ReportDeps{Queries: w.Queries, Definitions: w.Definitions, LabRecords: w.LabRecords, Templates: w.Templates})
	report, err := reports.Summary(apptest.As("may", api.Manager))
	require.NoError(t, err)
	require.Contains(t, report.Instances, api.StatusCount{Status: "running", Count: 1})
	require.Contains(t, report.Instances, api.StatusCount{Status: "pending", Count: 1})
	require.Contains(t, report.Instances, api.StatusCount{Status: "terminated", Count: 0}, "what there is none of is told too")
	require.Contains(t, report.Workers, api.StatusCount{Status: "running", Count: 2})
	require.Contains(t, report.Definitions, api.StatusCount{Status: "active", Count: 2})
	require.Len(t, report.LabRecords, 16)
	require.Equal(t, api.Cost{PerHourUSD: 5.5, PerDayUSD: 132}, report.Cost)
	require.Len(t, report.Machines, 2)
	require.Len(t, report.Regions, 1)
	region := report.Regions[0]
	require.Equal(t, "us-east-1", region.AWSRegion)
	require.Equal(t, 2, region.Workers)
	require.Equal(t, 30, region.Declared.CPUCores)
	require.Equal(t, 5, region.Allocated.CPUCores)
	require.InDelta(t, 16.67, region.CPUPercent, 0.01)
	require.Equal(t, 1, region.Instances)

	w.Observe(idle.ID, "stopped")
	report, err = reports.Summary(apptest.As("may", api.Manager))
	require.NoError(t, err)
	require.InDelta(t, 4, report.Cost.PerHourUSD, 0, "a machine that is off costs nothing by the hour")
	w.Observe(idle.ID, "terminated")
	report, err = reports.Summary(apptest.As("may", api.Manager))
	require.NoError(t, err)
	require.Len(t, report.Machines, 1)
}

func TestInstancesAreSorted(t *testing.T) {
	w := apptest.New(t)
	d := w.Definition(4)
	late, early := w.Book(d.ID, 3*time.Hour, 4*time.Hour), w.Book(d.ID, time.Hour, 5*time.Hour)
	for _, c := range []struct {
		sort, order string
		want        []string
	}{
		{"", "", []string{early.ID, late.ID}},
		{"created_at", "asc", []string{late.ID, early.ID}},
		{"timeslot_start", "asc", []string{early.ID, late.ID}},
		{"timeslot_start", "desc", []string{late.ID, early.ID}},
		{"timeslot_end", "asc", []string{late.ID, early.ID}},
		{"status", "asc", []string{late.ID, early.ID}},
	} {
		var got []string
		list := api.ListInstances{Sort: c.sort, Order: c.order, List: api.List{Limit: 1}}
		for range 3 {
			page, err := w.Queries.Instances(apptest.As("ann"), list)
			require.NoError(t, err)
			for _, i := range page.Items {
				got = append(got, i.ID)
			}
			if list.Cursor = page.Next; page.Next == "" {
				break
			}
		}
		require.Equal(t, c.want, got, "%s %s, page by page", c.sort, c.order)
	}
}

// The ids of workers have no order in time, so that the time itself is sorted by.
func TestWorkersAreSortedByTheirAge(t *testing.T) {
	w := apptest.New(t)
	var made []string
	for range 5 {
		made = append(made, w.ReadyWorker(4).ID)
		w.Clock.Move(time.Minute)
	}
	for _, order := range []string{"asc", "desc"} {
		var got []string
		list := api.ListWorkers{Sort: "created_at", Order: order, List: api.List{Limit: 2}}
		for range made {
			page, err := w.Queries.Workers(apptest.As("may", api.Manager), list)
			require.NoError(t, err)
			for _, one := range page.Items {
				got = append(got, one.ID)
			}
			if list.Cursor = page.Next; page.Next == "" {
				break
			}
		}
		require.Equal(t, made, got, order)
		slices.Reverse(made)
	}
}

func TestAnInstanceTellsItsPlaceInTheQueue(t *testing.T) {
	w := apptest.New(t)
	i := w.Book(w.Definition(4).ID, time.Hour, 2*time.Hour)
	eta := apptest.Noon.Add(20 * time.Minute)
	_, err := w.Commands.SetInstanceConditions(apptest.Service("resource-scheduler", ""), api.SetConditions{ID: i.ID, Body: api.SetConditionsBody{
		Conditions: []readmodel.Condition{{Type: "Placed", Status: readmodel.ConditionFalse, Reason: "worker_coming", Message: "A worker is on its way.", Position: 3, ETA: &eta}},
	}})
	require.NoError(t, err)
	shown, _, err := w.Queries.Instance(apptest.As("ann"), i.ID)
	require.NoError(t, err)
	require.Equal(t, 3, shown.QueuePosition)
	require.Equal(t, &eta, shown.ETA)
	w.Place(w.ReadyWorker(10).ID, i.ID)
	shown, _, err = w.Queries.Instance(apptest.As("ann"), i.ID)
	require.NoError(t, err)
	require.Zero(t, shown.QueuePosition, "it waits no more")
	require.Nil(t, shown.ETA)
}
