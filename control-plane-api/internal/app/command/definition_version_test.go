package command_test

import (
	"context"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/blobs"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/definition"
)

// versions gives all definitions by version.
func (l *library) versions() map[string]*definition.Definition {
	l.t.Helper()
	all := map[string]*definition.Definition{}
	for _, d := range l.all() {
		all[d.Version] = d
	}
	return all
}

func hashOf(label string) string { return blobs.Hash([]byte(lab(label))) }

func TestAChangedArtifactMakesANewVersion(t *testing.T) {
	l := newLibrary(t)
	d := l.synced("r1")
	ctx, written := repo.WithWritten(syncer())
	_, _, err := l.RequestSync(author(), d.ID)
	require.NoError(t, err)
	ack, err := l.RecordSync(ctx, d.ID, found("r2"))
	require.NoError(t, err)
	require.Equal(t, d.ID, ack.ID)
	require.True(t, ack.Changed)

	all := l.versions()
	require.Len(t, all, 2)
	old, next := all["1.0.0"], all["1.0.1"]
	require.Equal(t, lifecycle.DefinitionActive, old.Status, "nothing is deprecated")
	require.Equal(t, hashOf("r1"), old.Content.TopologyHash)
	require.Equal(t, definition.SyncSuccess, old.SyncStatus, "nobody syncs it again")
	require.Equal(t, lifecycle.DefinitionActive, next.Status)
	require.Equal(t, old.ID, next.PreviousVersionID)
	require.Equal(t, hashOf("r2"), next.Content.TopologyHash)
	require.Equal(t, "p-r2", next.Content.PackageHash)
	require.Equal(t, []string{"r2_serial"}, next.PortTemplate.Names())
	require.Equal(t, old.Source, next.Source)
	require.Equal(t, "lablet-controller", next.CreatedBy)
	var named []string
	for _, w := range written.All() {
		require.Equal(t, string(readmodel.KindDefinition), w.Kind)
		named = append(named, w.ID)
	}
	require.ElementsMatch(t, []string{old.ID, next.ID}, named, "the caller waits for both")
}

func TestANewVersionIsMadeOnce(t *testing.T) {
	l := newLibrary(t)
	d := l.synced("r1")
	_, err := l.resync(d.ID, "r2")
	require.NoError(t, err)
	ack, err := l.RecordSync(syncer(), d.ID, found("r2"))
	require.NoError(t, err)
	require.False(t, ack.Changed)
	_, err = l.resync(d.ID, "r2")
	require.NoError(t, err, "asked to sync again, the old version points to the same new one")
	require.Len(t, l.all(), 2)
	require.Equal(t, definition.SyncSuccess, l.get(d.ID).SyncStatus)
}

func TestACrashBetweenTheTwoStepsIsMadeGood(t *testing.T) {
	l := newLibrary(t)
	d := l.synced("r1")
	_, err := l.resync(d.ID, "r2")
	require.NoError(t, err)
	l.set(d.ID, func(d *definition.Definition) { d.SyncStatus, d.Conditions = definition.SyncRequested, nil })
	_, err = l.RecordSync(syncer(), d.ID, found("r2"))
	require.NoError(t, err)
	require.Equal(t, definition.SyncSuccess, l.get(d.ID).SyncStatus)
	require.Len(t, l.all(), 2)
}

func TestVersionsFollowOneAnother(t *testing.T) {
	l := newLibrary(t)
	d := l.synced("r1")
	_, err := l.resync(d.ID, "r2")
	require.NoError(t, err)
	second := l.versions()["1.0.1"]
	_, err = l.resync(second.ID, "r1")
	require.NoError(t, err, "back to what the first version has: the newest is what the package holds")
	third := l.versions()["1.0.2"]
	require.Equal(t, hashOf("r1"), third.Content.TopologyHash)
	require.Equal(t, second.ID, third.PreviousVersionID)
	_, err = l.resync(third.ID, "r2")
	require.NoError(t, err)
	_, err = l.resync(d.ID, "r3")
	require.NoError(t, err, "the oldest may be asked too")
	require.Len(t, l.versions(), 5)
	require.Equal(t, hashOf("r3"), l.versions()["1.0.4"].Content.TopologyHash)
}

func TestANumberThatIsTakenIsLeft(t *testing.T) {
	l := newLibrary(t)
	d := l.synced("r1")
	taken := ofTopology("ccna")
	taken.Version, taken.TopologyYAML = "1.0.1", lab("r2")
	other := l.make(taken)
	l.make(ofForm("2.0.0"))
	_, err := l.resync(d.ID, "r2")
	require.NoError(t, err)
	next := l.versions()["1.0.2"]
	require.NotNil(t, next, "the same file from another source is another lab")
	require.Equal(t, d.ID, next.PreviousVersionID)
	require.Equal(t, other, l.get(other.ID))
	require.Len(t, l.all(), 4)
}

func TestWhatBecomesOfAVersionThatIsOutOfUse(t *testing.T) {
	for _, status := range lifecycle.Definitions().Statuses() {
		if status == lifecycle.DefinitionPendingSync {
			continue
		}
		t.Run(string(status), func(t *testing.T) {
			l := newLibrary(t)
			d := l.synced("r1")
			l.set(d.ID, func(d *definition.Definition) { d.Status, d.SyncStatus = status, definition.SyncRequested })
			before := l.get(d.ID)
			_, err := l.RecordSync(syncer(), d.ID, found("r2"))
			if status == lifecycle.DefinitionActive || status == lifecycle.DefinitionInactive {
				require.NoError(t, err)
				require.Equal(t, status, l.versions()["1.0.1"].Status)
				return
			}
			require.Equal(t, definition.CodeArtifactChanged, failure.CodeOf(err))
			require.Equal(t, before, l.get(d.ID))
			require.Len(t, l.all(), 1)
		})
	}
}

func TestATooLargeLabMakesNoVersion(t *testing.T) {
	l := newLibrary(t)
	d := l.synced("r1")
	body := found("r2")
	body.CMLYAMLContent = "lab: {version: 0.3.0, title: tiny}\nnodes:\n" +
		"  - {id: n0, label: r1, x: 0, y: 0, node_definition: iol-xe, ram: 900000, interfaces: []}\nlinks: []\n"
	_, err := l.RecordSync(syncer(), d.ID, body)
	require.Equal(t, "lab_too_large", failure.CodeOf(err))
	require.Equal(t, d, l.get(d.ID))
	require.Len(t, l.all(), 1)
}

func TestAKeyedReportIsAnsweredAgain(t *testing.T) {
	l := newLibrary(t)
	d := l.synced("r1")
	_, _, err := l.RequestSync(author(), d.ID)
	require.NoError(t, err)
	ctx := keyed(syncer(), "k1", "hash")
	for range 2 {
		_, err = l.RecordSync(ctx, d.ID, found("r2"))
		require.NoError(t, err)
	}
	require.Len(t, l.all(), 2)
}

func TestSyncsAtOnceMakeOneVersion(t *testing.T) {
	l := newLibrary(t)
	d := l.synced("r1")
	_, err := l.resync(d.ID, "r2")
	require.NoError(t, err)
	group, ctx := errgroup.WithContext(context.WithoutCancel(syncer()))
	for _, version := range l.versions() {
		group.Go(func() error {
			_, err := l.RecordSync(ctx, version.ID, found("r3"))
			return err
		})
	}
	require.NoError(t, group.Wait())
	all := l.versions()
	require.Len(t, all, 3, "two versions grew into one")
	require.Equal(t, hashOf("r3"), all["1.0.2"].Content.TopologyHash)
}

func TestANumberThatIsTakenMeanwhileIsLeft(t *testing.T) {
	for _, always := range []bool{false, true} {
		l := newLibrary(t)
		d := l.synced("r1")
		writes, taken := 0, 0
		l.beforeWrite = func() {
			// The first write is that of the sync, the second that of the new version.
			if writes++; writes < 2 || taken > 0 && !always {
				return
			}
			other := ofTopology("ccna")
			taken++
			other.Version = "1.0." + strconv.Itoa(taken)
			resume := l.beforeWrite
			l.beforeWrite = nil
			l.make(other)
			l.beforeWrite = resume
		}
		_, err := l.RecordSync(syncer(), d.ID, found("r2"))
		if always {
			require.Equal(t, repo.CodeContention, failure.CodeOf(err), "it is not tried for ever")
			require.True(t, failure.Retryable(err))
			require.Equal(t, d, l.get(d.ID))
			continue
		}
		require.NoError(t, err)
		require.Equal(t, hashOf("r2"), l.versions()["1.0.2"].Content.TopologyHash)
	}
}
