package memstore_test

import (
	"context"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/memstore"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

func TestConformance(t *testing.T) {
	var stores sync.Map
	storetest.Run(t, storetest.Suite{
		OneProcess: true,
		Fresh:      func(testing.TB) string { return uuid.NewString() },
		Open: func(_ context.Context, url string) (store.Engine, error) {
			data, err := memstore.NewData(storetest.Collections()...)
			if err != nil {
				return nil, err
			}
			kept, _ := stores.LoadOrStore(url, data)
			return kept.(*memstore.Data).Open(), nil
		},
	})
}

func TestMalformedCollectionsAreRefused(t *testing.T) {
	_, err := memstore.NewData(store.Collection{Name: "Bad Name"})
	require.ErrorIs(t, err, store.ErrInvalid)
}
