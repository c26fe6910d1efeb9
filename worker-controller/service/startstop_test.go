package service

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/config"
	"github.com/lablet-cloud-manager/lcm/core/controller"
	"github.com/lablet-cloud-manager/lcm/core/controller/controllertest"
	"github.com/lablet-cloud-manager/lcm/core/etcdkv/memkv"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

func TestItStartsAndStopsAgainAndAgain(t *testing.T) {
	t.Setenv("AWS_CONFIG_FILE", "/dev/null")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
	store, api := memkv.New(), controllertest.NewAPI(t)
	// Its region is not configured, which the reconciler tells the API.
	controllertest.Put(t, store, readmodel.KindWorker, "w", readmodel.Worker{
		ID: "w", Version: 1, Generation: 1, Status: lifecycle.WorkerPending, DesiredStatus: lifecycle.WorkerRunning, AWSRegion: "eu-west-1",
	})
	settings, err := config.Load[Config](environ(
		"AWS_ACCESS_KEY_ID=a", "AWS_SECRET_ACCESS_KEY=b", "CONTROL_PLANE_API_URL="+api.URL, "LEADER_LEASE_TTL=1s", "AWS_ENDPOINT_URL_EC2=http://127.0.0.1:1",
	))
	require.NoError(t, err)
	controllertest.StartStop(t, Name, store, api, func(ctx context.Context, deps controller.Deps) error {
		return Run(ctx, settings, deps)
	})
}
