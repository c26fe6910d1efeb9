package wire_test

import (
	"context"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/mongo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"

	"github.com/lablet-cloud-manager/lcm/deploy/wire/internal/ferret"
)

// serverVariable names a MongoDB server to run the tests against as well.
const serverVariable = "LCM_TEST_MONGODB_URI"

func open(ctx context.Context, url string) (store.Engine, error) {
	return store.Open(ctx, url, storetest.Collections(), mongo.Driver())
}

func TestMain(m *testing.M) { os.Exit(storetest.Main(m, open)) }

func TestOnFerretDB(t *testing.T) {
	upstream := ferret.Start(t)
	relay := ferret.Relay(t, upstream)
	run(t, "mongodb://"+relay.Address())
	require.Empty(t, relay.Refused(), "the engine uses nothing that only some servers have")
	t.Run("lost replies", func(t *testing.T) { testLostReplies(t, upstream) })
	t.Run("server gone", func(t *testing.T) { testServerGone(t, upstream) })
	t.Run("refusals reach the client", func(t *testing.T) { testRefusals(t, upstream) })
}

func TestOnMongoDB(t *testing.T) {
	server := os.Getenv(serverVariable)
	if server == "" {
		t.Skip(serverVariable + " names no server")
	}
	run(t, server)
}

// run runs all that the engine must do on any server.
func run(t *testing.T, server string) {
	fresh := func(t testing.TB) string { return freshDatabase(t, server) }
	t.Run("conformance", func(t *testing.T) { storetest.Run(t, storetest.Suite{Fresh: fresh, Open: open}) })
	t.Run("layouts", func(t *testing.T) { testLayouts(t, fresh(t)) })
	t.Run("foreign database", func(t *testing.T) { testForeign(t, fresh(t)) })
	t.Run("emptied database", func(t *testing.T) { testEmptied(t, fresh(t)) })
	t.Run("fields come and go", func(t *testing.T) { testFields(t, fresh(t)) })
	t.Run("opened by several at once", func(t *testing.T) { testOpenTogether(t, fresh(t)) })
}
