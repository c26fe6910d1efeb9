package service

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/controller"
	"github.com/lablet-cloud-manager/lcm/core/controller/controllertest"
	"github.com/lablet-cloud-manager/lcm/core/etcdkv/memkv"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

func TestItStartsAndStopsAgainAndAgain(t *testing.T) {
	store, api := memkv.New(), controllertest.NewAPI(t)
	begun, ends := time.Now().Add(-time.Minute), time.Now().Add(time.Hour)
	controllertest.Put(t, store, readmodel.KindDefinition, "d", readmodel.Definition{ID: "d", Version: 1, Generation: 1})
	// Its slot has begun, so that its instantiation is asked for at once.
	controllertest.Put(t, store, readmodel.KindInstance, "i", readmodel.Instance{
		ID: "i", Version: 1, Generation: 1, DefinitionID: "d", Status: lifecycle.InstanceScheduled, WorkerID: "w", Attempt: 1,
		TimeslotStart: &begun, TimeslotEnd: &ends,
	})
	settings, err := load("CONTROL_PLANE_API_URL="+api.URL, "LEADER_LEASE_TTL=1s")
	require.NoError(t, err)
	controllertest.StartStop(t, Name, store, api, func(ctx context.Context, deps controller.Deps) error {
		return Run(ctx, settings, deps)
	})
}
