package instance

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
)

func TestScheduledSleepsExactlyUntilItsLead(t *testing.T) {
	w := newWorld(t)
	result, err := w.once()
	require.NoError(t, err)
	require.Equal(t, 30*time.Second, result.After, "start in a minute, half a minute of lead")
	require.Empty(t, w.calls)

	w.now = w.now.Add(30 * time.Second)
	_, err = w.once()
	require.NoError(t, err)
	require.Equal(t, lifecycle.InstanceInstantiating, w.instance.Status)
}

func TestAnOldModelDoesNothing(t *testing.T) {
	w := newWorld(t)
	w.now = w.now.Add(time.Minute)
	stale := w.instance
	w.instance.Generation = 9
	r := w.reconciler()
	r.Instances = showing(stale)
	result, err := r.Reconcile(t.Context(), theID)
	require.NoError(t, err)
	require.True(t, result.Skipped)
	require.Equal(t, lifecycle.InstanceScheduled, w.instance.Status)

	stale.Status = lifecycle.InstanceInstantiating
	r.Instances = showing(stale)
	result, err = r.Reconcile(t.Context(), theID)
	require.NoError(t, err)
	require.True(t, result.Skipped)
	require.Zero(t, w.count("cml import"), "the intent is refused before anything is made")
}

func TestAStaleTermIsGivenBack(t *testing.T) {
	w := newWorld(t)
	w.now = w.now.Add(time.Minute)
	r := w.reconciler()
	r.API = staleTerm{w.api}
	_, err := r.Reconcile(t.Context(), theID)
	require.True(t, failure.Is(err, failure.StaleTerm), "whoever is told so must stop leading")
}
