package seeds

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/bubble"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/demo"
)

// still gives a system in fair weather, with its definition published.
func still(t *testing.T) *storm {
	t.Helper()
	s := newStorm(t, 1)
	s.publish()
	return s
}

func TestTenMinutesWithoutEtcd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := still(t)
		defer func() { require.NoError(t, s.plane.Stop()) }()
		s.plane.Etcd.SetDown(true)
		<-time.After(30 * time.Second)
		for _, service := range bubble.Services()[1:] {
			require.Equal(t, http.StatusServiceUnavailable, s.plane.Probe(service, "/ready"), "%s has nothing to work on", service)
		}
		require.Equal(t, http.StatusOK, s.plane.Probe(bubble.API, "/ready"), "the API serves")
		s.book(0)
		require.Len(t, s.booked, 1, "a booking is taken without etcd")
		<-time.After(10 * time.Minute)
		i, err := s.plane.User.GetInstance(t.Context(), api.ID{ID: s.booked[0]})
		require.NoError(t, err)
		require.Equal(t, "pending", string(i.Status), "nobody leads, so nobody acts")

		s.plane.Etcd.SetDown(false)
		s.within(15*time.Second, "the booking is seen", func() (bool, string) {
			i, err := s.plane.User.GetInstance(t.Context(), api.ID{ID: s.booked[0]})
			require.NoError(t, err)
			return len(i.Conditions) > 0, demo.Describe(i)
		})
		s.settle()
	})
}

func TestAWipedEtcdIsFilledAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := still(t)
		defer func() { require.NoError(t, s.plane.Stop()) }()
		s.book(0)
		<-time.After(time.Minute)
		s.plane.Etcd.Wipe(false)
		s.plane.Etcd.CutWatches()
		<-time.After(10 * time.Second)
		s.checkProjection()
		page, err := s.plane.Etcd.List(context.Background(), "/lcm/instances/", "", 0, 0)
		require.NoError(t, err)
		require.Len(t, page.Items, 1)
		s.settle()
	})
}
