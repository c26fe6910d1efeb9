package arch

import (
	"bytes"
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// Check is one rule about the text of files.
type Check struct {
	Name string
	// Reason tells why, and what to do instead.
	Reason string
	// Find tells every place in a file that breaks the rule.
	Find func(Source) []string
}

// Checks are all rules about the text of files.
func Checks() []Check {
	return []Check{
		{"clock", "a plain package is told the time, so that its tests can choose it", findClock},
		{"sleep", "wait for the event with a deadline, or let testing/synctest's clock run", findSleep},
		{"init", "four services run in one process: nothing happens by importing a package", findInit},
		{"variables", "what can change and belongs to nobody is shared by four services of one process; make it a field, a constant or a function", findVariables},
		{"globals", "each service has its own registry, tracer and logger; the library's global one is shared", findGlobals},
		{"environment", "settings come through core/config, and no code asks whether it runs in development: lcm-dev is another main", findEnvironment},
		{"main", "what a main file holds cannot be tested; 40 lines read arguments and start the service", findMain},
	}
}

// selections tells each use of one of the names of other packages.
func selections(s Source, names []string) (found []string) {
	s.walk(func(node ast.Node) {
		if name := s.selected(node); name != "" && slices.Contains(names, name) {
			found = append(found, s.at(node, "%s", name))
		}
	})
	return found
}

func findClock(s Source) []string {
	if s.Test || !slices.ContainsFunc(plainPackages(), func(pattern string) bool { return matches(pattern, s.Package) }) {
		return nil
	}
	return selections(s, []string{
		"time.Now", "time.Since", "time.Until", "time.After", "time.AfterFunc", "time.Sleep", "time.Tick", "time.NewTimer", "time.NewTicker",
	})
}

func findSleep(s Source) []string {
	// In a bubble of testing/synctest the clock is fake: sleeping there moves it on and waits for nothing.
	if s.Test && s.Imports("testing/synctest") {
		return nil
	}
	return selections(s, []string{"time.Sleep"})
}

func findInit(s Source) (found []string) {
	for _, declared := range s.tree.Decls {
		if f, ok := declared.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
			found = append(found, s.at(f, "func init"))
		}
	}
	return found
}

func findGlobals(s Source) []string {
	return selections(s, []string{
		"log/slog.SetDefault", "log/slog.Default", "log/slog.Debug", "log/slog.Info", "log/slog.Warn", "log/slog.Error",
		"log.SetOutput", "log.SetFlags", "log.Print", "log.Printf", "log.Println", "log.Fatal", "log.Fatalf",
		"net/http.Handle", "net/http.HandleFunc", "net/http.DefaultServeMux", "net/http.ListenAndServe",
		"github.com/prometheus/client_golang/prometheus.MustRegister", "github.com/prometheus/client_golang/prometheus.Register",
		"github.com/prometheus/client_golang/prometheus.DefaultRegisterer", "github.com/prometheus/client_golang/prometheus.DefaultGatherer",
		"github.com/prometheus/client_golang/prometheus/promhttp.Handler",
		"go.opentelemetry.io/otel.SetTracerProvider", "go.opentelemetry.io/otel.SetMeterProvider", "go.opentelemetry.io/otel.SetTextMapPropagator",
		"go.opentelemetry.io/otel.Tracer", "go.opentelemetry.io/otel.Meter",
	})
}

const mainLines = 40

func findMain(s Source) []string {
	if lines := bytes.Count(s.Content, []byte("\n")); !s.Test && s.tree.Name.Name == "main" && lines > mainLines {
		return []string{s.at(s.tree.Name, "%d lines in package main", lines)}
	}
	return nil
}

func findEnvironment(s Source) (found []string) {
	if s.Test || matches("./deploy/...", s.Package) || matches("./control-plane-api/store/storetest", s.Package) {
		return nil
	}
	found = selections(s, []string{"os.Getenv", "os.LookupEnv", "os.Setenv", "testing.Testing"})
	s.walk(func(node ast.Node) {
		switch n := node.(type) {
		case *ast.BinaryExpr:
			if n.Op == token.EQL || n.Op == token.NEQ {
				found = append(found, s.stages(n.X, n.Y)...)
			}
		case *ast.CaseClause:
			found = append(found, s.stages(n.List...)...)
		}
	})
	return found
}

// stages tells which expressions are the name of a stage of deployment.
func (s Source) stages(expressions ...ast.Expr) (found []string) {
	for _, e := range expressions {
		literal, ok := e.(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			continue
		}
		if text, err := strconv.Unquote(literal.Value); err == nil && slices.Contains([]string{"dev", "development", "prod", "production", "staging"}, strings.ToLower(text)) {
			found = append(found, s.at(e, "code asks for the stage %q", text))
		}
	}
	return found
}
