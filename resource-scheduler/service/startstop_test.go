package service

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/config"
	"github.com/lablet-cloud-manager/lcm/core/controller"
	"github.com/lablet-cloud-manager/lcm/core/controller/controllertest"
	"github.com/lablet-cloud-manager/lcm/core/etcdkv/memkv"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

func TestItStartsAndStopsAgainAndAgain(t *testing.T) {
	store, api := memkv.New(), controllertest.NewAPI(t)
	start, end := time.Now().Add(time.Hour), time.Now().Add(2*time.Hour)
	// It waits for a definition that is not there, which the scheduler tells the API.
	controllertest.Put(t, store, readmodel.KindInstance, "i", readmodel.Instance{
		ID: "i", Version: 1, Generation: 1, DefinitionID: "d", Status: lifecycle.InstancePending, TimeslotStart: &start, TimeslotEnd: &end,
	})
	settings, err := config.Load[Config]([]string{
		"CONTROL_PLANE_API_KEY=0123456789abcdef0123456789abcdef", "CONTROL_PLANE_API_URL=" + api.URL, "LEADER_LEASE_TTL=1s",
	})
	require.NoError(t, err)
	controllertest.StartStop(t, Name, store, api, func(ctx context.Context, deps controller.Deps) error {
		return Run(ctx, settings, deps)
	})
}

func TestOverviewsAreForAdministrators(t *testing.T) {
	store, api := memkv.New(), controllertest.NewAPI(t)
	controllertest.Put(t, store, readmodel.KindInstance, "i", readmodel.Instance{ID: "i", Version: 1, Generation: 1, Status: lifecycle.InstancePending})
	settings, err := config.Load[Config]([]string{
		"CONTROL_PLANE_API_KEY=0123456789abcdef0123456789abcdef", "CONTROL_PLANE_API_URL=" + api.URL,
	})
	require.NoError(t, err)
	url := controllertest.Start(t, store, func(ctx context.Context, deps controller.Deps) error { return Run(ctx, settings, deps) })
	for path, want := range map[string]string{
		"/admin/scheduling-overview":        `"pending":1`,
		"/api/admin/timeslots/landscape":    `"no_timeslot":1`,
		"/admin/timeslots/approaching":      `[]`,
		"/api/admin/timeslots/expired":      `[]`,
		"/admin/keys?controller=assign":     `"controller":"assign"`,
		"/api/admin/keys?controller=assign": `"controller":"assign"`,
	} {
		status, _ := controllertest.Get(t, url+path, "")
		require.Equal(t, http.StatusUnauthorized, status, path)
		status, body := controllertest.Get(t, url+path, settings.ControlPlaneKey.Reveal())
		require.Equal(t, http.StatusOK, status, path)
		require.Contains(t, body, want, path)
	}
}
