package labrecord

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
)

// seen is what CML shows of the lab in a state.
func seen(state string) Facts { return Facts{Title: "one", NodeCount: 2, State: state} }

// follows says, in the test's own words, where each status is after CML showed a state.
func follows() map[string]map[st]st {
	same := func(to st, except map[st]st) map[st]st {
		all := map[st]st{}
		for _, from := range lifecycle.LabRecords().Statuses() {
			all[from] = to
		}
		for _, stays := range []st{lifecycle.LabDeleting, lifecycle.LabDeleted, lifecycle.LabArchived, lifecycle.LabOrphaned} {
			all[stays] = stays
		}
		for from, to := range except {
			all[from] = to
		}
		return all
	}
	defined := map[st]st{
		lifecycle.LabDiscovered: lifecycle.LabDefined, lifecycle.LabImporting: lifecycle.LabDefined, lifecycle.LabDefined: lifecycle.LabDefined,
		lifecycle.LabError: lifecycle.LabDefined,
	}
	return map[string]map[st]st{
		"STARTED":         same(lifecycle.LabBooted, nil),
		"BOOTED":          same(lifecycle.LabBooted, nil),
		"STOPPED":         same(lifecycle.LabStopped, nil),
		"QUEUED":          same(lifecycle.LabQueued, nil),
		"DEFINED_ON_CORE": same(lifecycle.LabWiped, defined),
	}
}

func TestEveryStateOfCMLInEveryStatus(t *testing.T) {
	for state, ends := range follows() {
		for _, from := range statuses() {
			l := inStatus(t, from)
			before := len(l.StateHistory)
			l.Observe(seen(state), noon.Add(time.Minute), at(time.Minute))
			require.Equal(t, ends[from], l.Status, "%s shows %s", from, state)
			for n := before; n < len(l.StateHistory); n++ {
				line := l.StateHistory[n]
				require.True(t, lifecycle.LabRecords().Allows(st(line.From), st(line.To)), "%s to %s", line.From, line.To)
			}
			if ends[from] != from {
				data := payload(t, l, EventStateChanged)
				require.Equal(t, string(from), data["previous_state"])
				require.Equal(t, string(ends[from]), data["new_state"])
			} else {
				require.NotContains(t, told(l), EventStateChanged)
			}
		}
	}
}

func TestAStateNobodyKnowsMovesNothing(t *testing.T) {
	l := inStatus(t, lifecycle.LabBooted)
	l.Observe(seen("ON_FIRE"), noon.Add(1), at(1))
	require.Equal(t, lifecycle.LabBooted, l.Status)
	require.Equal(t, "ON_FIRE", l.Facts.State)
}

func TestWhatIsOlderIsIgnored(t *testing.T) {
	early, late := noon.Add(-2*time.Hour), noon.Add(-time.Hour)
	l := inStatus(t, lifecycle.LabBooted)
	l.Facts.ModifiedAt = &late
	l.Observe(seen("STOPPED"), noon.Add(-time.Second), at(1))
	require.Empty(t, told(l), "the look was before the last one")
	facts := seen("STOPPED")
	facts.ModifiedAt = &early
	l.Observe(facts, noon.Add(time.Minute), at(time.Minute))
	require.Empty(t, told(l), "CML showed an older lab")
}

func TestALookThatFindsNothingNewIsNotWritten(t *testing.T) {
	l := Discover("r1", "w1", "lab1", seen("STOPPED"), at(0))
	require.Equal(t, []string{EventCreated, EventDiscovered, EventStateChanged, EventStopped}, told(l))
	require.Equal(t, lifecycle.LabStopped, l.Status)
	l = stored(t, l)
	l.Observe(seen("STOPPED"), noon.Add(resync-1), at(resync-1))
	require.Empty(t, told(l))
	l.Observe(seen("STOPPED"), noon.Add(resync), at(resync))
	require.Equal(t, []string{EventUpdated}, told(l))
	require.Equal(t, noon.Add(resync), l.LastSyncedAt)
	_, _, raises := l.Changes()
	require.False(t, raises, "nobody has to act on it")
}

func TestWhatChangedIsListed(t *testing.T) {
	l := stored(t, Discover("r1", "w1", "lab1", seen("STOPPED"), at(0)))
	facts := seen("STARTED")
	facts.Title, facts.NodeCount, facts.Groups = "two", 3, []string{"g"}
	l.Observe(facts, noon.Add(1), at(1))
	require.Equal(t, []string{"title", "state", "node_count", "groups"}, l.Operations[0].ChangedFields)
	require.Equal(t, []any{"title", "state", "node_count", "groups"}, payload(t, l, EventStateChanged)["changed_fields"])
	for n := range 2 * maxOperations {
		facts.LinkCount = n + 1
		l.Observe(facts, noon.Add(time.Duration(n+2)), at(time.Duration(n+2)))
	}
	require.Len(t, l.Operations, maxOperations)
}

func TestWhatPassesWhileAnActionIsUnderWayIsNotFollowed(t *testing.T) {
	l := doing(t, lifecycle.LabBooted, ActionStop)
	require.NoError(t, l.Begin(ActionStop, at(1)))
	l.Observe(seen("STARTED"), noon.Add(2), at(2))
	require.Equal(t, lifecycle.LabStopping, l.Status, "it stops still")
	l.Observe(seen("STOPPED"), noon.Add(3), at(3))
	require.Equal(t, lifecycle.LabStopped, l.Status)
	require.NotNil(t, l.Pending, "who does it tells that it is done")
	require.NoError(t, l.Complete(ActionStop, "", at(4)))
	require.Equal(t, lifecycle.LabStopped, l.Status)
}

func TestALabThatIsGone(t *testing.T) {
	for _, from := range statuses() {
		l := inStatus(t, from)
		l.Orphan(at(1))
		if lifecycle.LabRecords().Terminal(from) || from == lifecycle.LabOrphaned {
			require.Equal(t, from, l.Status)
			require.Empty(t, told(l))
			continue
		}
		require.Equal(t, lifecycle.LabOrphaned, l.Status, from)
		require.Equal(t, []string{EventStateChanged, EventOrphaned}, told(l))
	}
	starting := doing(t, lifecycle.LabStopped, ActionStart)
	starting.Orphan(at(1))
	require.Equal(t, EventActionCleared, told(starting)[0])
	require.Nil(t, starting.Pending)
	deleting := doing(t, lifecycle.LabStopped, ActionDelete)
	require.NoError(t, deleting.Begin(ActionDelete, at(1)))
	deleting.Orphan(at(2))
	require.Equal(t, lifecycle.LabDeleted, deleting.Status, "that is what was wanted")
	yet := stored(t, Import("r2", "w1", "two", Topology{Hash: "h"}, at(0)))
	yet.Orphan(at(1))
	require.Empty(t, told(yet), "its lab is yet to be made")
}

func TestArchivingInEveryStatus(t *testing.T) {
	for _, from := range statuses() {
		l := inStatus(t, from)
		err := l.Archive(at(1))
		switch from {
		case lifecycle.LabStopped, lifecycle.LabWiped, lifecycle.LabOrphaned:
			require.NoError(t, err)
			require.Equal(t, []string{EventStateChanged, EventArchived}, told(l))
			require.Empty(t, l.Unique(), "another record may have the lab")
		case lifecycle.LabArchived:
			require.NoError(t, err)
			require.Empty(t, told(l))
		default:
			require.Equal(t, "invalid_transition", failure.CodeOf(err), from)
		}
	}
	for _, from := range statuses() {
		l := inStatus(t, from)
		l.Retire(at(1))
		require.True(t, l.Terminal(), from)
	}
}

func TestEveryPairOfStatuses(t *testing.T) {
	for _, from := range statuses() {
		for _, to := range statuses() {
			l := inStatus(t, from)
			err := l.SetStatus(to, "broken", at(1))
			switch {
			case from == to:
				require.NoError(t, err)
				require.Empty(t, told(l))
			case lifecycle.LabRecords().Allows(from, to):
				require.NoError(t, err, "%s to %s", from, to)
				require.Equal(t, to, l.Status)
				require.Contains(t, told(l), EventStateChanged)
				require.Equal(t, to == lifecycle.LabError, l.LastError == "broken")
			default:
				require.Equal(t, "invalid_transition", failure.CodeOf(err), "%s to %s", from, to)
				require.Equal(t, from, l.Status)
				require.Empty(t, told(l))
			}
		}
	}
}
