package placement

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/resource"
)

var now = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

const margin = 5 * time.Minute

func worker(id string, cpu int) readmodel.Worker {
	return readmodel.Worker{
		ID: id, Placeable: true, DeclaredCapacity: resource.Capacity{CPUCores: cpu, MemoryGB: 4 * cpu, StorageGB: 100 * cpu},
		License: readmodel.License{Status: lifecycle.LicenseRegistered, Type: resource.LicenseEnterprise},
		CML:     readmodel.CML{Version: "2.10.0", NodeDefinitions: []string{"iosv"}},
	}
}

func lab(id string, cpu int, from, until time.Duration) Lab {
	start, end := now.Add(from), now.Add(until)
	return Lab{
		Instance: readmodel.Instance{ID: id, CreatedAt: now, TimeslotStart: &start, TimeslotEnd: &end, LeadSeconds: 900},
		Definition: readmodel.Definition{
			Requirements: resource.Requirements{CPUCores: cpu, MemoryGB: cpu, StorageGB: 1}, NodeCount: 2,
			PortTemplate: resource.PortTemplate{Ports: []resource.PortDefinition{{Name: "r1_serial", Protocol: "tcp"}}},
		},
	}
}

func placedOn(decisions []Decision) map[string]string {
	got := map[string]string{}
	for _, d := range decisions {
		got[d.Lab.Instance.ID] = d.WorkerID
	}
	return got
}

func TestFiltersSayWhyInTheirOrder(t *testing.T) {
	full := worker("w", 8)
	full.Book = []booking.Entry{{Holder: booking.Holder{InstanceID: "x"}, State: booking.Held, Requirements: resource.Requirements{CPUCores: 8, MemoryGB: 1, StorageGB: 1}, From: now, Until: now.Add(24 * time.Hour)}}
	for _, tc := range []struct {
		change   func(*readmodel.Worker, *Lab)
		category Category
		reason   string
	}{
		{func(w *readmodel.Worker, _ *Lab) { w.Placeable = false }, NotPlaceable, "a worker that is not ready takes nothing"},
		{func(w *readmodel.Worker, l *Lab) {
			w.License.Type = resource.LicensePersonal
			l.Definition.LicenseAffinity = []resource.LicenseType{resource.LicenseEnterprise}
		}, License, "personal does not cover enterprise"},
		{func(w *readmodel.Worker, l *Lab) {
			w.License.Type = resource.LicenseEvaluation
			l.Definition.LicenseAffinity = []resource.LicenseType{resource.LicensePersonal}
		}, License, "evaluation covers only itself"},
		{func(w *readmodel.Worker, _ *Lab) { *w = full }, Capacity, "someone holds the vCPU at that time"},
		{func(w *readmodel.Worker, l *Lab) {
			w.License.Type = resource.LicensePersonal
			l.Definition.NodeCount = 21
		}, Capacity, "a personal licence allows 20 nodes"},
		{func(_ *readmodel.Worker, l *Lab) {
			l.Definition.Requirements.AMIRequirements = []resource.AMIRequirement{{CMLVersionMin: "2.11.0"}}
		}, AMI, "the CML is too old"},
		{func(w *readmodel.Worker, l *Lab) {
			w.CML.Version = ""
			l.Definition.Requirements.AMIRequirements = []resource.AMIRequirement{{CMLVersionMin: "2.9.0"}}
		}, AMI, "unknown counts as no"},
		{func(w *readmodel.Worker, _ *Lab) { w.PortRange = resource.PortRange{Min: 5, Max: 4} }, Ports, "no port is left"},
	} {
		w, l := worker("w", 8), lab("i", 2, time.Hour, 2*time.Hour)
		tc.change(&w, &l)
		d := Place(Snapshot{Workers: []readmodel.Worker{w}, Waiting: []Lab{l}, Margin: margin}, now)[0]
		require.False(t, d.Placed(), tc.reason)
		require.Equal(t, tc.category, d.Refusals[0].Category, tc.reason)
		require.NotEmpty(t, d.Refusals[0].Detail, tc.reason)
	}
}

func TestVersionsAreComparedAsVersions(t *testing.T) {
	l := lab("i", 1, time.Hour, 2*time.Hour)
	l.Definition.Requirements.AMIRequirements = []resource.AMIRequirement{{CMLVersionMin: "2.9.0", NodeDefinitionsRequired: []string{"iosv"}}}
	require.True(t, Place(Snapshot{Workers: []readmodel.Worker{worker("w", 8)}, Waiting: []Lab{l}}, now)[0].Placed(), "2.10 is above 2.9")
}

func TestTheFullerWorkerIsTakenAndIdleOnesAreLeft(t *testing.T) {
	busy, idle := worker("z-busy", 16), worker("a-idle", 16)
	busy.Book = []booking.Entry{{Holder: booking.Holder{InstanceID: "x"}, State: booking.Booked, Requirements: resource.Requirements{CPUCores: 4, MemoryGB: 4, StorageGB: 1}, From: now, Until: now.Add(24 * time.Hour)}}
	got := Place(Snapshot{Workers: []readmodel.Worker{idle, busy}, Waiting: []Lab{lab("i", 2, time.Hour, 2*time.Hour)}, Margin: margin}, now)
	require.Equal(t, "z-busy", got[0].WorkerID)
}

func TestEarlierSlotsAreServedFirst(t *testing.T) {
	late, early := lab("a", 8, 3*time.Hour, 4*time.Hour), lab("b", 8, 3*time.Hour, 4*time.Hour)
	*early.Instance.TimeslotStart = now.Add(2 * time.Hour)
	got := placedOn(Place(Snapshot{Workers: []readmodel.Worker{worker("w", 8)}, Waiting: []Lab{late, early}, Margin: margin}, now))
	require.Equal(t, map[string]string{"a": "", "b": "w"}, got)
}

func TestBackToBackSlotsShareAWorker(t *testing.T) {
	first, second := lab("a", 8, time.Hour, 2*time.Hour), lab("b", 8, 3*time.Hour, 4*time.Hour)
	got := placedOn(Place(Snapshot{Workers: []readmodel.Worker{worker("w", 8)}, Waiting: []Lab{first, second}, Margin: margin}, now))
	require.Equal(t, map[string]string{"a": "w", "b": "w"}, got)
}

func TestNoRunOverbooksAndTheSameInputGivesTheSameOutput(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s Snapshot
		for n := range rapid.IntRange(1, 4).Draw(t, "workers") {
			s.Workers = append(s.Workers, worker(fmt.Sprintf("w%d", n), rapid.IntRange(2, 12).Draw(t, "cpu")))
		}
		for n := range rapid.IntRange(1, 20).Draw(t, "labs") {
			from := time.Duration(rapid.IntRange(0, 300).Draw(t, "from")) * time.Minute
			s.Waiting = append(s.Waiting, lab(fmt.Sprintf("i%d", n), rapid.IntRange(1, 6).Draw(t, "need"), from, from+time.Duration(rapid.IntRange(1, 120).Draw(t, "length"))*time.Minute))
		}
		s.Margin = margin
		decisions := Place(s, now)
		again := Snapshot{Workers: rapid.Permutation(s.Workers).Draw(t, "order"), Waiting: s.Waiting, Margin: margin}
		require.Equal(t, placedOn(decisions), placedOn(Place(again, now)))

		for _, w := range s.Workers {
			requireFits(t, w, decisions)
		}
	})
}

// requireFits checks with plain sums at every start that what was placed on a worker stays within its vCPU.
func requireFits(t *rapid.T, w readmodel.Worker, decisions []Decision) {
	for _, at := range decisions {
		if at.WorkerID != w.ID {
			continue
		}
		instant := Window(at.Lab.Instance, now, margin).From
		sum := 0
		for _, d := range decisions {
			if d.WorkerID == w.ID && Window(d.Lab.Instance, now, margin).Contains(instant) {
				sum += d.Lab.Definition.Requirements.CPUCores
			}
		}
		require.LessOrEqual(t, sum, w.DeclaredCapacity.CPUCores)
	}
}
