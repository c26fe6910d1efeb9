package sqlite_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/sqlite"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

func open(ctx context.Context, url string) (store.Engine, error) {
	return store.Open(ctx, url, storetest.Collections(), sqlite.Driver())
}

func fresh(t testing.TB) string { return sqlite.URL(filepath.Join(t.TempDir(), "store.db")) }

func TestMain(m *testing.M) { os.Exit(storetest.Main(m, open)) }

func TestConformance(t *testing.T) {
	storetest.Run(t, storetest.Suite{Fresh: fresh, Open: open})
}

func BenchmarkEngine(b *testing.B) {
	storetest.Bench(b, storetest.Suite{Fresh: fresh, Open: open})
}
