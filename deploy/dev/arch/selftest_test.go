package arch

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Each kind of rule is shown a small workspace that breaks it, and one that does not.

func TestImportsThatAreRefused(t *testing.T) {
	cases := []struct {
		from, to string
		refused  bool
		reason   string
	}{
		{"./resource-scheduler/service", "./worker-controller/service", true, "services never import one another"},
		{"./worker-controller/internal/ec2", "./control-plane-api/store", true, "only control-plane-api opens a store"},
		{"./lablet-controller/internal/lds", "./deploy/sim/lds", true, "nothing outside deploy imports deploy"},
		{"./core/run", "./deploy/dev/internal/plane", true, "core neither"},
		{"./core/client", "./control-plane-api/service", true, "core knows no service"},
		{"./deploy/sim/cml", "./core/api", true, "a simulator shares nothing with the client"},
		{"./deploy/dev/internal/plane", "./control-plane-api/internal/httpapi", true, "development starts services as they are shipped"},
		{"./deploy/dev/internal/plane", "./control-plane-api/store/sqlite", true, "nor does it open a store"},
		{"./core/lifecycle", "context", true, "a plain package waits for nothing"},
		{"./core/booking", "net/http", true, "a plain package has no network"},
		{"./core/resource", "log/slog", true, "a plain package does not log"},
		{"./core/resource", "gopkg.in/yaml.v3", true, "only topology reads YAML"},
		{"./core/secret", "log/slog", false, "an exception with its reason"},
		{"./core/topology", "gopkg.in/yaml.v3", false, "it reads lab files"},
		{"./control-plane-api/internal/domain/worker", "./control-plane-api/internal/app/repo", true, "the domain does not know how it is stored"},
		{"./control-plane-api/internal/domain/worker", "os", true, "nor where"},
		{"./resource-scheduler/internal/placement", "./core/client", true, "placement decides and calls nobody"},
		{"./core/api", "github.com/go-chi/chi/v5", true, "the contract brings no router along"},
		{"./core/api", "./core/failure", true, "nor the words of the inside"},
		{"./core/api", "./core/readmodel", false, "read models are answered as they are"},
		{"./control-plane-api/store/sqlite", "./control-plane-api/internal/domain/worker", true, "an engine knows no aggregate"},
		{"./control-plane-api/store", "database/sql", true, "the interface knows no driver"},
		{"./control-plane-api/internal/relay", "modernc.org/sqlite", true, "only its engine knows the driver"},
		{"./control-plane-api/internal/app/command", "github.com/danielgtaylor/huma/v2", true, "only the edge knows the OpenAPI library"},
		{"./control-plane-api/internal/httpapi", "github.com/danielgtaylor/huma/v2/adapters/humachi", false, "the edge does"},
		{"./somewhere/new", "fmt", true, "a package that no row knows gets one before anything else"},
	}
	for _, c := range cases {
		t.Run(c.from+" "+c.to, func(t *testing.T) {
			fake := []Package{{Path: c.from, Imports: []string{c.to}}}
			found := CheckImports(fake, Table(), func(p Package) []string { return p.Imports })
			require.Equal(t, c.refused, len(found) > 0, "%s: %v", c.reason, found)
		})
	}
}

func TestImportsOfTestsThatAreRefused(t *testing.T) {
	fake := []Package{
		{Path: "./lablet-controller/internal/lds", TestImports: []string{"github.com/stretchr/testify/require", "./deploy/sim/lds"}},
		{Path: "./deploy/sim/lds", TestImports: []string{"./core/client"}},
	}
	require.Len(t, CheckImports(fake, TestTable(), func(p Package) []string { return p.TestImports }), 2)
}

func TestRowsThatSayNothing(t *testing.T) {
	fake := []Package{{Path: "./core/api"}}
	table := []Row{{"./core/...", nil, "all"}, {"./core/api", nil, "hidden by the row before it"}, {"./gone", nil, ""}}
	require.Len(t, CheckRows(fake, table), 3, "hidden, gone, and without a reason")
}

func TestFilesThatBreakARule(t *testing.T) {
	cases := []struct {
		check, pkg, name, code string
		breaks                 int
		reason                 string
	}{
		{"clock", "./core/booking", "a.go", `import "time"; func f() { _ = time.Now() }`, 1, "a call"},
		{"clock", "./control-plane-api/internal/domain/worker", "a.go", `import clock "time"; type t struct { now func() clock.Time }; func f() t { return t{clock.Now} }`, 1, "a value, under another name"},
		{"clock", "./core/leader", "a.go", `import "time"; func f() { _ = time.Now() }`, 0, "a lease is about time"},
		{"clock", "./core/booking", "a_test.go", `import "time"; func f() { _ = time.Now() }`, 0, "a test may choose the present"},
		{"sleep", "./core/run", "a_test.go", `import "time"; func f() { time.Sleep(1) }`, 1, "a test that sleeps is slow or wrong"},
		{"sleep", "./core/run", "a_test.go", `import ("testing/synctest"; "time"); var _ = synctest.Wait; func f() { time.Sleep(1) }`, 0, "fake time"},
		{"init", "./core/run", "a.go", `func init() {}`, 1, "importing does nothing"},
		{"init", "./core/run", "a.go", `type t struct{}; func (t) init() {}`, 0, "a method is called by someone"},
		{"variables", "./core/run", "a.go", `var cache = map[string]string{}`, 1, "shared by four services"},
		{"variables", "./core/run", "a.go", `var limit int`, 1, "so is a number"},
		{"variables", "./core/run", "a.go", `import "errors"; var errDone = errors.New("done")`, 0, "errors are compared with"},
		{"variables", "./core/run", "a.go", `var _ error = (*t)(nil); type t struct{ error }`, 0, "a check of the compiler"},
		{"variables", "./core/api", "a.go", `var RouteNew = 1`, 0, "the route table"},
		{"variables", "./core/api", "a.go", `var table = 1`, 1, "nothing else of core/api"},
		{"globals", "./core/run", "a.go", `import "log/slog"; func f() { slog.Info("x") }`, 1, "the process's logger"},
		{"globals", "./core/run", "a.go", `import "net/http"; func f() { http.Handle("/", nil) }`, 1, "the process's router"},
		{"globals", "./core/run", "a.go", `import "log/slog"; func f(l *slog.Logger) { l.Info("x") }`, 0, "a logger that was given"},
		{"environment", "./core/run", "a.go", `func f(stage string) bool { return stage == "development" }`, 1, "code that behaves differently in tests is not tested"},
		{"environment", "./core/run", "a.go", `func f(stage string) { switch stage { case "prod": } }`, 1, "in a switch"},
		{"environment", "./core/run", "a.go", `import "os"; func f() { _ = os.Getenv("X") }`, 1, "settings come through core/config"},
		{"environment", "./core/run", "a.go", `import "os"; func f() { _ = os.Environ() }`, 0, "main hands the environment on"},
		{"environment", "./deploy/dev/internal/plane", "a.go", `import "os"; func f() { _ = os.Getenv("PATH") }`, 0, "a tool of development"},
		{"main", "./core/run", "main.go", strings.Repeat("\n", mainLines), 0, "not package main"},
	}
	for _, c := range cases {
		t.Run(c.check+" "+c.reason, func(t *testing.T) {
			s, err := Parse(c.pkg, c.name, []byte("package p; "+c.code))
			require.NoError(t, err)
			s.Test = strings.HasSuffix(c.name, "_test.go")
			require.Len(t, find(t, c.check, s), c.breaks, c.reason)
		})
	}
}

func TestMainsAreShort(t *testing.T) {
	short, err := Parse("./a/cmd/a", "main.go", []byte("package main"+strings.Repeat("\n", mainLines)))
	require.NoError(t, err)
	require.Empty(t, find(t, "main", short))
	long, err := Parse("./a/cmd/a", "main.go", []byte("package main"+strings.Repeat("\n", mainLines+1)))
	require.NoError(t, err)
	require.Len(t, find(t, "main", long), 1)
}

func find(t *testing.T, name string, s Source) []string {
	t.Helper()
	for _, check := range Checks() {
		if check.Name == name {
			return check.Find(s)
		}
	}
	require.Fail(t, "no such check", name)
	return nil
}
