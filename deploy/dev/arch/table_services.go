package arch

const (
	oneService  = "services never import one another: what they share is in core, and they talk over the API and etcd"
	notShipped  = "tools of development may import every service; nothing outside deploy imports them"
	independent = "a simulator that shared the client's types would share its mistakes"
)

func controlPlaneRows() []Row {
	inner := "./control-plane-api/internal/"
	return []Row{
		{"./control-plane-api/cmd/...", []string{"context", "fmt", "os", "./control-plane-api/service", "./core/config", "./core/run"}, "main only reads arguments and starts the service"},
		{"./control-plane-api/data", []string{"embed"}, "a folder of seeds, no code"},
		{
			inner + "domain/...", may(values(), plainCore(), []string{inner + "domain/...", "github.com/Masterminds/semver/v3", "crypto/sha256"}),
			noOutside + "; sha256 derives ids and digests",
		},
		{
			inner + "app/apptest", []string{std, "./core/...", inner + "...", "./control-plane-api/store/storetest", "github.com/stretchr/testify/require"},
			"a whole application for tests",
		},
		{
			inner + "app/repo/repotest", []string{std, "./core/readmodel", inner + "app/repo", inner + "domain/...", inner + "journal", "./control-plane-api/store"},
			"an aggregate for tests",
		},
		{
			inner + "app/...", may([]string{std, "./core/api", inner + "app/...", inner + "domain/...", inner + "journal", "./control-plane-api/store", "github.com/google/uuid", "golang.org/x/sync/errgroup"}, plainCore()),
			"use cases know neither HTTP, etcd nor a database driver",
		},
		{
			inner + "httpapi", may([]string{
				std, "./core/api", "./core/observe", "./core/token", inner + "app/...", inner + "domain/instance", inner + "login", inner + "session", "github.com/danielgtaylor/huma/v2/...", "github.com/go-chi/chi/v5/...",
				"github.com/hashicorp/golang-lru/v2/...", "golang.org/x/time/rate",
			}, plainCore()), "the edge: the only package that imports the OpenAPI library, and no store or driver",
		},
		{
			inner + "login/logintest", []string{std, "github.com/go-jose/go-jose/v4/...", "github.com/stretchr/testify/require"},
			"an identity provider for tests, which shares nothing with what it tests",
		},
		{
			inner + "login", []string{std, "./core/failure", "./core/secret", inner + "session", "github.com/coreos/go-oidc/v3/oidc", "golang.org/x/oauth2"},
			"the only package that speaks OAuth; what a session is it learns from session",
		},
		{
			inner + "delivery", []string{std, "./core/failure", "./core/secret", inner + "blobs", inner + "journal", "./control-plane-api/store", "github.com/cloudevents/sdk-go/v2/...", "golang.org/x/sync/errgroup"},
			"sends CloudEvents; besides the inbox the only package of the service that imports their library",
		},
		{
			inner + "egress", []string{std, "./core/failure"},
			"decides where users' URLs may lead; it must be possible to read it as a whole",
		},
		{
			inner + "notify", may([]string{std, inner + "app/call", inner + "delivery", inner + "domain/definition", inner + "domain/instance", inner + "journal", "./control-plane-api/store"}, plainCore()),
			"what owners are told; how it goes out is delivery's, and where it may go egress's",
		},
		{
			inner + "inbox", may([]string{
				std, "./core/api", inner + "app/call", inner + "app/command", inner + "blobs", inner + "domain/instance", "./control-plane-api/store",
				"github.com/cloudevents/sdk-go/v2/...",
			}, plainCore()), "takes CloudEvents, and knows what they mean but not how they came",
		},
		{
			inner + "...", may([]string{std, "./core/api", "./core/etcdkv", inner + "...", "./control-plane-api/store", "gopkg.in/yaml.v3", "golang.org/x/sync/errgroup", "github.com/google/uuid"}, plainCore()),
			"between store and bus: no HTTP library and no driver",
		},
		{
			"./control-plane-api/service", []string{
				std, "./core/...", inner + "...", "./control-plane-api/store", "./control-plane-api/store/sqlite", "./control-plane-api/store/mongo", "github.com/go-chi/chi/v5/...", "github.com/prometheus/client_golang/prometheus",
			}, "wires the service; the only place that opens a store. " + oneService,
		},
		{
			"./control-plane-api/loadtest", []string{
				std, "./core/api", inner + "app/...", inner + "domain/settings", "./control-plane-api/service", "./control-plane-api/store/...", "./control-plane-api/store", "golang.org/x/sync/errgroup",
			}, "fills a store for measurements, by the commands; no part of the service",
		},
		{"./control-plane-api/store", may(values(), []string{"context"}), "an engine knows documents, not aggregates"},
		{
			"./control-plane-api/store/sqlite", []string{std, "./control-plane-api/store", "modernc.org/sqlite/...", "github.com/google/uuid"},
			"the only package that knows the SQLite driver; an engine knows no aggregate",
		},
		{
			"./control-plane-api/store/mongo", []string{std, "./control-plane-api/store", "go.mongodb.org/mongo-driver/v2/...", "github.com/google/uuid"},
			"the only package that knows the MongoDB driver; an engine knows no aggregate",
		},
		{"./control-plane-api/store/memstore", []string{std, "./control-plane-api/store", "github.com/google/uuid"}, "an engine in memory for tests; it knows no aggregate"},
		{
			"./control-plane-api/store/storetest", []string{std, "./control-plane-api/store/...", "github.com/google/uuid", "github.com/stretchr/testify/require"},
			"the suite of the engines",
		},
	}
}

func controllerRows() (rows []Row) {
	scheduler := "./resource-scheduler/internal/"
	rows = append(rows,
		Row{scheduler + "placement", may(values(), plainCore()), noOutside},
		Row{scheduler + "scaling", may(values(), plainCore(), []string{scheduler + "placement"}), noOutside},
		Row{scheduler + "overview", may(values(), plainCore()), noOutside},
	)
	vendors := map[string][]string{
		"resource-scheduler": nil,
		"worker-controller":  {"github.com/aws/...", "golang.org/x/sync/errgroup", "gopkg.in/yaml.v3"},
		"lablet-controller":  {"github.com/aws/...", "golang.org/x/sync/errgroup", "gopkg.in/yaml.v3"},
	}
	for _, service := range []string{"resource-scheduler", "worker-controller", "lablet-controller"} {
		own := "./" + service
		rows = append(rows,
			Row{own + "/cmd/...", []string{"context", "os", own + "/service", "./core/config", "./core/controller", "./core/run"}, "main only reads arguments and starts the service"},
			Row{own + "/...", may([]string{std, "./core/...", own + "/...", "github.com/prometheus/client_golang/prometheus"}, vendors[service]), oneService},
		)
	}
	return rows
}

func deployRows() []Row {
	return []Row{
		{
			"./deploy/sim/...", []string{
				std, "./deploy/sim/...", "github.com/aws/...", "github.com/cloudevents/sdk-go/v2/...", "github.com/fxamacker/cbor/v2", "github.com/go-chi/chi/v5/...",
				"github.com/golang-jwt/jwt/v5", "github.com/google/uuid", "github.com/rclone/gofakes3", "github.com/stretchr/testify/require", "golang.org/x/sync/errgroup", "gopkg.in/yaml.v3",
			}, independent,
		},
		{
			"./deploy/wire/...", []string{
				std, "./deploy/wire/...", "github.com/FerretDB/FerretDB/ferretdb", "github.com/stretchr/testify/require", "go.mongodb.org/mongo-driver/v2/...",
			}, "a server that speaks MongoDB's wire protocol, for tests of one engine",
		},
		{"./deploy/dev/arch", []string{std}, "rules about code need nothing of it"},
		{
			"./deploy/dev/chaos/...", []string{
				std, "./core/...", "./control-plane-api/store", "./control-plane-api/store/storetest", "./deploy/sim/...", "./deploy/dev/...", "github.com/stretchr/testify/require",
			}, "faults of the store are injected between it and the API",
		},
		{
			"./deploy/dev/internal/bubble", []string{
				std, "./core/...", "./control-plane-api/service", "./control-plane-api/data", "./control-plane-api/store", "./control-plane-api/store/memstore",
				"./control-plane-api/store/storetest", "./resource-scheduler/service", "./worker-controller/service", "./lablet-controller/service", "./deploy/sim/...",
				"./deploy/dev/internal/plane", "github.com/aws/...", "gopkg.in/yaml.v3",
			}, "a whole system for tests, which gives the API a store in memory; no other tool touches a store",
		},
		{
			"./deploy/dev/...", []string{
				std, "./core/...", "./control-plane-api/loadtest", "./control-plane-api/service", "./control-plane-api/data", "./resource-scheduler/service", "./worker-controller/service", "./lablet-controller/service",
				"./deploy/sim/...", "./deploy/dev/...", "github.com/aws/...", "github.com/stretchr/testify/require", "go.etcd.io/etcd/...", "go.uber.org/zap", "golang.org/x/sync/errgroup",
				"github.com/google/uuid", "gopkg.in/yaml.v3",
			}, notShipped,
		},
	}
}

// TestTable is what tests may import besides what their package may. It keeps the borders between modules, and leaves
// libraries free.
func TestTable() []Row {
	libraries := []string{std, "github.com/...", "go.uber.org/...", "golang.org/...", "gopkg.in/...", "go.etcd.io/...", "go.opentelemetry.io/...", "google.golang.org/...", "pgregory.net/...", "modernc.org/...", "go.mongodb.org/..."}
	rows := []Row{{"./core/...", may(libraries, []string{"./core/..."}), "core knows no service, in tests neither"}}
	for _, service := range []string{"control-plane-api", "resource-scheduler", "worker-controller", "lablet-controller"} {
		rows = append(rows, Row{"./" + service + "/...", may(libraries, []string{"./core/...", "./" + service + "/..."}), oneService})
	}
	return append(rows,
		Row{"./deploy/sim/...", may(libraries, []string{"./deploy/sim/..."}), independent},
		Row{"./deploy/wire/...", may(libraries, []string{"./deploy/wire/...", "./control-plane-api/store/..."}), "the engine's conformance suite"},
		Row{"./deploy/dev/...", may(libraries, []string{"./core/...", "./control-plane-api/service", "./control-plane-api/data", "./control-plane-api/store/...", "./resource-scheduler/service", "./worker-controller/service", "./lablet-controller/service", "./deploy/..."}), notShipped},
	)
}
