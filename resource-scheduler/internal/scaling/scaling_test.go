package scaling

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/resource"

	"github.com/lablet-cloud-manager/lcm/resource-scheduler/internal/placement"
)

var now = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

func asap(id string, cpu int) placement.Lab {
	return placement.Lab{
		Instance: readmodel.Instance{ID: id, CreatedAt: now, ASAP: true, DurationMinutes: 60},
		Definition: readmodel.Definition{
			Requirements: resource.Requirements{CPUCores: cpu, MemoryGB: 1, StorageGB: 1}, NodeCount: 2, LicenseAffinity: resource.LicenseTypes(),
		},
	}
}

func template(name string, cpu int, cost float64) readmodel.Template {
	return readmodel.Template{
		Name: name, Enabled: true, CostPerHourUSD: cost, LicenseType: resource.LicenseEnterprise,
		Capacity: resource.Capacity{CPUCores: cpu, MemoryGB: 64, StorageGB: 500},
	}
}

func codes(p Plan) map[string]string {
	got := map[string]string{}
	for _, o := range p.Outlooks {
		got[o.Lab.Instance.ID] = o.Code
	}
	return got
}

func names(p Plan) []string {
	var all []string
	for _, w := range p.Wants {
		all = append(all, w.Template.Name)
	}
	return all
}

func TestTheCheapestTemplateThatFitsIsWanted(t *testing.T) {
	plan := Make(Input{Unplaced: []placement.Lab{asap("i", 4)}, Templates: []readmodel.Template{template("large", 16, 2), template("tiny", 2, 0.1), template("medium", 8, 1)}}, now)
	require.Equal(t, []string{"medium"}, names(plan))
	require.Equal(t, map[string]string{"i": "worker_wanted"}, codes(plan))
}

func TestDemandIsPackedBeforeMoreIsWanted(t *testing.T) {
	labs := []placement.Lab{asap("a", 4), asap("b", 4), asap("c", 4)}
	plan := Make(Input{Unplaced: labs, Templates: []readmodel.Template{template("medium", 8, 1)}}, now)
	require.Len(t, plan.Wants, 2, "two labs share the first worker")
	require.Equal(t, map[string]string{"a": "worker_wanted", "b": "worker_coming", "c": "worker_wanted"}, codes(plan))
}

func TestAWorkerOnItsWayIsCounted(t *testing.T) {
	for _, tc := range []struct {
		worker readmodel.Worker
		wants  int
		reason string
	}{
		{readmodel.Worker{Status: lifecycle.WorkerProvisioning, DesiredStatus: lifecycle.WorkerRunning}, 0, "it will be there soon"},
		{readmodel.Worker{Status: lifecycle.WorkerRunning, DesiredStatus: lifecycle.WorkerRunning}, 0, "its CML is about to answer"},
		{readmodel.Worker{Status: lifecycle.WorkerProvisioning, DesiredStatus: lifecycle.WorkerTerminated}, 1, "it is not wanted any more"},
		{readmodel.Worker{Status: lifecycle.WorkerFailed, DesiredStatus: lifecycle.WorkerRunning}, 1, "it will not come"},
		{readmodel.Worker{Status: lifecycle.WorkerRunning, DesiredStatus: lifecycle.WorkerRunning, Conditions: []readmodel.Condition{{Type: "Licensed", Status: readmodel.ConditionFalse, Reason: "no_seat"}}}, 1, "without a licence it takes nothing, and another template may do"},
	} {
		tc.worker.ID, tc.worker.DeclaredCapacity, tc.worker.License.Type = "w", resource.Capacity{CPUCores: 8, MemoryGB: 64, StorageGB: 500}, resource.LicenseEnterprise
		plan := Make(Input{Unplaced: []placement.Lab{asap("i", 4)}, Workers: []readmodel.Worker{tc.worker}, Templates: []readmodel.Template{template("medium", 8, 1)}}, now)
		require.Len(t, plan.Wants, tc.wants, tc.reason)
	}
}

func TestNoSecondWorkerWaitsForALicenceThatIsNotToBeHad(t *testing.T) {
	waiting := readmodel.Worker{
		ID: "w", TemplateName: "medium", Status: lifecycle.WorkerRunning, DesiredStatus: lifecycle.WorkerRunning,
		Conditions: []readmodel.Condition{{Type: "Licensed", Status: readmodel.ConditionFalse, Reason: "no_seat"}},
	}
	plan := Make(Input{Unplaced: []placement.Lab{asap("i", 4)}, Workers: []readmodel.Worker{waiting}, Templates: []readmodel.Template{template("medium", 8, 1)}}, now)
	require.Empty(t, plan.Wants)
	require.Equal(t, map[string]string{"i": "no_license"}, codes(plan))
	require.Contains(t, plan.Outlooks[0].Message, "enterprise licence")

	waiting.Status = lifecycle.WorkerTerminated
	plan = Make(Input{Unplaced: []placement.Lab{asap("i", 4)}, Workers: []readmodel.Worker{waiting}, Templates: []readmodel.Template{template("medium", 8, 1)}}, now)
	require.Len(t, plan.Wants, 1, "the next one may find a seat")
}

func TestAnUnknownCMLDoesNotKeepDemandFromBeingPacked(t *testing.T) {
	lab := asap("i", 4)
	lab.Definition.Requirements.AMIRequirements = []resource.AMIRequirement{{CMLVersionMin: "2.9.0"}}
	plan := Make(Input{Unplaced: []placement.Lab{lab}, Templates: []readmodel.Template{template("medium", 8, 1)}}, now)
	require.Equal(t, []string{"medium"}, names(plan))
}

func TestFutureSlotsWaitUntilCapacityIsWanted(t *testing.T) {
	lab := asap("i", 4)
	start, end := now.Add(2*time.Hour), now.Add(3*time.Hour)
	lab.Instance.TimeslotStart, lab.Instance.TimeslotEnd = &start, &end
	in := Input{Unplaced: []placement.Lab{lab}, Templates: []readmodel.Template{template("medium", 8, 1)}, Ahead: 35 * time.Minute}
	early := Make(in, now)
	require.Empty(t, early.Wants)
	require.Equal(t, start.Add(-35*time.Minute), early.NextStart)
	require.Len(t, Make(in, early.NextStart).Wants, 1)
}

func TestWhatCanNeverBePlacedIsToldSo(t *testing.T) {
	disabled := template("huge", 96, 4)
	disabled.Enabled = false
	plan := Make(Input{Unplaced: []placement.Lab{asap("i", 64)}, Templates: []readmodel.Template{template("medium", 8, 1), disabled}}, now)
	require.Empty(t, plan.Wants)
	require.Equal(t, map[string]string{"i": "never_fits"}, codes(plan))
	require.Contains(t, plan.Outlooks[0].Message, "64 vCPU")
}
