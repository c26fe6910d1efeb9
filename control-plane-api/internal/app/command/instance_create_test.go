package command_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/apptest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

func keyed(ctx context.Context, key, body string) context.Context {
	c := call.From(ctx)
	c.Route, c.Key, c.BodyHash = "create", key, body
	return call.With(ctx, c)
}

func asap(definition string) api.CreateInstance {
	minutes := 30.0
	return api.CreateInstance{Body: api.CreateInstanceBody{DefinitionID: definition, DurationMinutes: &minutes}}
}

func TestCreateChecksItsDefinition(t *testing.T) {
	w := apptest.New(t)
	for status, code := range map[lifecycle.DefinitionStatus]string{
		lifecycle.DefinitionActive: "", lifecycle.DefinitionPendingSync: "definition_not_synced", lifecycle.DefinitionInactive: "definition_not_active",
		lifecycle.DefinitionDeprecated: "definition_not_active", lifecycle.DefinitionArchived: "definition_not_active", lifecycle.DefinitionDeleted: "definition_not_active",
	} {
		_, _, err := w.Commands.CreateInstance(apptest.As("ann"), asap(w.Definition(2, status).ID))
		if code == "" {
			require.NoError(t, err)
			continue
		}
		require.Equal(t, code, failure.CodeOf(err), status)
		require.Equal(t, failure.Conflict, failure.KindOf(err), status)
	}
	_, _, err := w.Commands.CreateInstance(apptest.As("ann"), asap("nobody"))
	require.Equal(t, "definition_not_found", failure.CodeOf(err))
	long := 300.0
	req := asap(w.Definition(2).ID)
	req.Body.DurationMinutes = &long
	_, _, err = w.Commands.CreateInstance(apptest.As("ann"), req)
	require.Equal(t, "timeslot_too_long", failure.CodeOf(err))
}

func TestCreatePinsWhatTheLabNeeds(t *testing.T) {
	w := apptest.New(t)
	d := w.Definition(3)
	i, meta, err := w.Commands.CreateInstance(apptest.As("ann"), asap(d.ID))
	require.NoError(t, err)
	require.Equal(t, int64(1), meta.Generation)
	require.Equal(t, 3, i.Needs.Requirements.CPUCores)
	require.Equal(t, []string{"pc", "r1"}, i.Needs.PortNames)
	require.Equal(t, 15*time.Minute, i.Slot.Lead)
	require.Equal(t, "ann", i.OwnerID)
}

func TestWhoMayBookForWhom(t *testing.T) {
	w := apptest.New(t)
	req := asap(w.Definition(2).ID)
	req.Body.OwnerID = "bob"
	_, _, err := w.Commands.CreateInstance(apptest.As("ann", api.User), req)
	require.Equal(t, "owner_not_yours", failure.CodeOf(err))
	for _, role := range []api.Role{api.Admin, api.Manager} {
		i, _, err := w.Commands.CreateInstance(apptest.As("ann", role), req)
		require.NoError(t, err)
		require.Equal(t, "bob", i.OwnerID)
	}
	_, _, err = w.Commands.CreateInstance(apptest.As("bob"), req)
	require.NoError(t, err, "oneself may be named")
}

func TestCreateIsRepeatable(t *testing.T) {
	w := apptest.New(t)
	d := w.Definition(2)
	ctx := keyed(apptest.As("ann"), "k1", "hash")
	first, _, err := w.Commands.CreateInstance(ctx, asap(d.ID))
	require.NoError(t, err)
	_, _, err = w.Definitions.Get(ctx, d.ID)
	require.NoError(t, err)
	again, meta, err := w.Commands.CreateInstance(ctx, asap("a definition that is gone by now"))
	require.NoError(t, err, "a repeat is answered, whatever has changed since")
	require.True(t, meta.Repeated)
	require.Equal(t, first.ID, again.ID)
	_, _, err = w.Commands.CreateInstance(keyed(apptest.As("ann"), "k1", "another"), asap(d.ID))
	require.Equal(t, failure.Reused, failure.KindOf(err))
	n, err := w.Instances.Count(ctx, store.Query{})
	require.NoError(t, err)
	require.Equal(t, 1, n)
}

func TestAReservationIsUsedOnce(t *testing.T) {
	w := apptest.New(t)
	req := asap(w.Definition(2).ID)
	req.Body.ReservationID = "r-1"
	i, _, err := w.Commands.CreateInstance(apptest.As("ann"), req)
	require.NoError(t, err)
	_, _, err = w.Commands.CreateInstance(apptest.As("bob"), req)
	require.Equal(t, "reservation_exists", failure.CodeOf(err))
	require.Equal(t, failure.Conflict, failure.KindOf(err))
	found, _, err := w.Queries.InstanceByReservation(apptest.As("ann"), "r-1")
	require.NoError(t, err)
	require.Equal(t, i.ID, found.ID)
	_, _, err = w.Queries.InstanceByReservation(apptest.As("bob"), "r-1")
	require.Equal(t, failure.NotFound, failure.KindOf(err), "another person's instance is not to be seen")
	_, _, err = w.Queries.InstanceByReservation(apptest.As("ann"), "r-2")
	require.Equal(t, "instance_not_found", failure.CodeOf(err))
}
