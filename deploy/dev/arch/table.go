package arch

import "slices"

// values are the packages of the standard library that only compute: same input, same output, nothing outside is touched.
func values() []string {
	return []string{
		"bytes", "cmp", "encoding", "encoding/hex", "encoding/json", "errors", "fmt", "maps", "math", "math/bits", "reflect", "regexp", "slices",
		"sort", "strconv", "strings", "time", "unicode", "unicode/utf8",
	}
}

// plainCore are the packages of core that hold words, values and pure decisions.
func plainCore() []string {
	return []string{"./core/lifecycle", "./core/resource", "./core/booking", "./core/topology", "./core/readmodel", "./core/failure", "./core/secret"}
}

// plainPackages are those that get neither a context nor a clock; time is an argument.
func plainPackages() []string {
	return append(plainCore(), "./control-plane-api/internal/domain/...", "./resource-scheduler/internal/placement", "./resource-scheduler/internal/scaling", "./resource-scheduler/internal/overview")
}

func may(lists ...[]string) []string { return slices.Concat(lists...) }

// Table is what production code may import.
func Table() []Row {
	return slices.Concat(coreRows(), controlPlaneRows(), controllerRows(), deployRows())
}

const noOutside = "a plain package only computes, so that its rules can be read, tested and trusted alone: no context, network, driver or log"

func coreRows() []Row {
	return []Row{
		{"./core/lifecycle", may(values()), noOutside},
		{"./core/failure", may(values()), noOutside},
		{"./core/resource", may(values(), []string{"./core/lifecycle", "./core/failure", "github.com/Masterminds/semver/v3"}), noOutside},
		{"./core/booking", may(values(), []string{"./core/resource", "./core/failure"}), noOutside},
		{"./core/readmodel", may(values(), []string{"./core/booking", "./core/lifecycle", "./core/resource", "./core/failure"}), noOutside},
		{
			"./core/topology", may(values(), []string{"./core/resource", "./core/failure", "gopkg.in/yaml.v3", "io", "crypto/sha256"}),
			noOutside + "; io is for the decoder's end of file, sha256 names a lab file by its bytes",
		},
		{
			"./core/secret", may(values(), []string{"log/slog", "crypto/sha256", "crypto/subtle"}),
			noOutside + "; slog is imported for the interface by which a secret prints as stars, it logs nothing",
		},
		{
			"./core/api", []string{std, "./core/lifecycle", "./core/resource", "./core/booking", "./core/readmodel"},
			"the contract is words and tags: whoever imports it must not get a router, a client or a validation library along",
		},
		{"./core/etcdkv/kvtest", []string{std, "./core/etcdkv/...", "github.com/stretchr/testify/require"}, "a suite for tests of stores"},
		{
			"./core/etcdkv/...", []string{std, "./core/failure", "./core/secret", "./core/etcdkv", "go.etcd.io/etcd/...", "google.golang.org/grpc/...", "go.uber.org/zap"},
			"the one place that knows the etcd library",
		},
		{"./core/leader", []string{std, "./core/etcdkv", "./core/failure", "./core/readmodel", "github.com/google/uuid"}, "an election knows etcd by our interface only"},
		{
			"./core/reconcile", []string{std, "./core/etcdkv", "./core/failure", "./core/readmodel", "github.com/prometheus/client_golang/prometheus"},
			"a queue and a cache know nothing of HTTP or of what they are used for",
		},
		{"./core/client", []string{std, "./core/answer", "./core/api", "./core/failure", "./core/readmodel", "./core/secret", "github.com/google/uuid"}, "a client needs the contract and nothing of the server"},
		{"./core/cml", []string{std, "./core/answer", "./core/failure", "./core/secret"}, "the transport to CML shares nothing with other systems"},
		{"./core/answer", []string{std}, "a reader knows no system"},
		{"./core/flood", []string{std}, "what tests of clients share; no program imports it"},
		{"./core/run", []string{std}, "starting and stopping needs no library"},
		{"./core/config", []string{std, "./core/secret", "github.com/caarlos0/env/v11"}, "the one place that reads the environment"},
		{
			"./core/observe", []string{
				std, "./core/failure", "./core/secret", "github.com/go-chi/chi/v5/...", "github.com/google/uuid", "github.com/prometheus/client_golang/...",
				"go.opentelemetry.io/...",
			}, "the one place that knows the tracing library and the collectors of metrics",
		},
		{
			"./core/token", []string{std, "./core/failure", "github.com/coreos/go-oidc/v3/oidc", "github.com/hashicorp/golang-lru/v2"},
			"who knows people by tokens knows nothing of what they may do",
		},
		{
			"./core/controller/controllertest", []string{std, "./core/...", "github.com/stretchr/testify/require", "go.uber.org/goleak"},
			"a suite for tests of controllers",
		},
		{
			"./core/controller", []string{std, "./core/...", "github.com/prometheus/client_golang/prometheus", "go.opentelemetry.io/otel/trace"},
			"wires what the controllers share, and may therefore import all of core",
		},
	}
}
