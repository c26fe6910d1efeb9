package lifecycle

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// checkTable holds for every table: closed, no move to itself, and from everywhere a way to an end if there is one.
func checkTable[S ~string](t *testing.T, table Table[S], terminal ...S) {
	t.Helper()
	statuses := table.Statuses()
	require.NotEmpty(t, table.Name())
	var ends []S
	for _, row := range table.Rows() {
		require.Equal(t, strings.ToLower(string(row.From)), string(row.From), "status words are lower case")
		for i, to := range row.To {
			require.Contains(t, statuses, to, "%s leads to a status without a row", row.From)
			require.NotEqual(t, row.From, to, "a status is no move to itself")
			require.NotContains(t, row.To[:i], to, "%s lists %s twice", row.From, to)
			require.True(t, table.Allows(row.From, to))
		}
		for _, to := range statuses {
			require.Equal(t, slices.Contains(row.To, to), table.Allows(row.From, to))
		}
		parsed, err := table.Parse(" " + strings.ToUpper(string(row.From)) + "\n")
		require.NoError(t, err)
		require.Equal(t, row.From, parsed)
		if table.Terminal(row.From) {
			ends = append(ends, row.From)
		}
	}
	require.Equal(t, terminal, ends)
	require.Len(t, statuses, len(slices.Compact(slices.Sorted(slices.Values(statuses)))), "one row per status")
	if len(ends) > 0 {
		for _, status := range statuses {
			require.True(t, reaches(table, status, ends), "%s is a dead end", status)
		}
	}
	_, err := table.Parse("nonsense")
	require.ErrorContains(t, err, table.Name())
	require.False(t, table.Allows("nonsense", statuses[0]))
	require.False(t, table.Terminal("nonsense"))
}

func reaches[S ~string](table Table[S], from S, ends []S) bool {
	seen := []S{from}
	for i := 0; i < len(seen); i++ {
		if slices.Contains(ends, seen[i]) {
			return true
		}
		for _, row := range table.Rows() {
			if row.From != seen[i] {
				continue
			}
			for _, to := range row.To {
				if !slices.Contains(seen, to) {
					seen = append(seen, to)
				}
			}
		}
	}
	return false
}

func TestTables(t *testing.T) {
	t.Run("instance", func(t *testing.T) { checkTable(t, Instances(), InstanceTerminated) })
	t.Run("worker", func(t *testing.T) { checkTable(t, Workers(), WorkerTerminated) })
	t.Run("definition", func(t *testing.T) { checkTable(t, Definitions(), DefinitionDeleted) })
	t.Run("licence", func(t *testing.T) { checkTable(t, Licenses()) })
	t.Run("lab record", func(t *testing.T) { checkTable(t, LabRecords(), LabDeleted, LabArchived) })
	t.Run("task", func(t *testing.T) { checkTable(t, Tasks(), TaskCompleted, TaskFailed, TaskCancelled) })
}

func TestRowsCannotChangeATable(t *testing.T) {
	table := Instances()
	table.Rows()[0] = Row[InstanceStatus]{}
	require.Equal(t, InstancePending, table.Statuses()[0])
}

func TestMovesThatMustNotBe(t *testing.T) {
	cases := []struct {
		reason   string
		from, to InstanceStatus
	}{
		{"nobody works in a lab without a place", InstancePending, InstanceRunning},
		{"a session that has begun is never placed anew", InstanceRunning, InstancePending},
		{"work that was collected is not collected again", InstanceGrading, InstanceCollecting},
		{"time is up", InstanceCollecting, InstanceRunning},
		{"a lab is stopped before it is archived", InstanceStopping, InstanceArchived},
		{"what is archived is not resumed", InstanceArchived, InstanceRunning},
		{"the end is the end", InstanceTerminated, InstancePending},
	}
	for _, c := range cases {
		require.False(t, Instances().Allows(c.from, c.to), c.reason)
	}
	require.False(t, Workers().Allows(WorkerStopped, WorkerRunning), "a machine starts before it runs")
	require.True(t, Workers().Allows(WorkerDraining, WorkerRunning), "a drain can be cancelled")
	require.False(t, Definitions().Allows(DefinitionActive, DefinitionArchived), "deprecated first")
	require.False(t, Definitions().Allows(DefinitionDeprecated, DefinitionActive), "deprecation is for good")
}

func TestInstancePredicates(t *testing.T) {
	cases := []struct {
		status                  InstanceStatus
		active, session, placed bool
	}{
		{InstancePending, false, false, false},
		{InstanceScheduled, false, false, true},
		{InstanceInstantiating, false, true, true},
		{InstanceReady, false, true, true},
		{InstanceRunning, true, true, true},
		{InstanceCollecting, true, true, true},
		{InstanceGrading, true, true, true},
		{InstanceStopping, false, false, true},
		{InstanceStopped, false, false, false},
		{InstanceArchived, false, false, false},
		{InstanceTerminated, false, false, false},
	}
	require.Len(t, cases, len(Instances().Statuses()))
	for _, c := range cases {
		require.Equal(t, c.active, c.status.Active(), c.status)
		require.Equal(t, c.session, c.status.Session(), c.status)
		require.Equal(t, c.placed, c.status.Placed(), c.status)
	}
}

func TestParseWorkerKnowsTheOlderWord(t *testing.T) {
	status, err := ParseWorker(" Shutting-Down ")
	require.NoError(t, err)
	require.Equal(t, WorkerTerminating, status)
	status, err = ParseWorker("RUNNING")
	require.NoError(t, err)
	require.Equal(t, WorkerRunning, status)
	_, err = ParseWorker("resting")
	require.Error(t, err)
	require.NotContains(t, Workers().Statuses(), WorkerStatus(WorkerShuttingDown), "never shown")
}

func TestGoodLicences(t *testing.T) {
	for _, status := range Licenses().Statuses() {
		require.Equal(t, status == LicenseRegistered || status == LicenseEvaluation, status.Good(), status)
	}
}

func TestDiagram(t *testing.T) {
	table := newTable("thing", Row[string]{"a", []string{"b"}}, Row[string]{"b", nil})
	require.Equal(t, "stateDiagram-v2\n    [*] --> a\n    a --> b\n    b --> [*]\n", table.Diagram())
}
