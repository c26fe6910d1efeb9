package docs

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const eventsHead = `# Events

Printed from the aggregates of control-plane-api by a test; ` + "`make docs`" + ` prints it anew.

Each stored change of an aggregate raises events. They go to ` + "`CLOUD_EVENT_SINK`" + ` as CloudEvents 1.0, at least once and in order per aggregate:

- type: ` + "`{CLOUD_EVENT_TYPE_PREFIX}.{name}`" + `; with ` + "`CLOUD_EVENT_COMPAT=fr-2.6.3`" + ` the six names of that requirement come besides.
- id: ` + "`{kind}/{aggregate id}/{version}/{place in the change}`" + `, the same in every repeat; subject: the aggregate's id.
- data: JSON in snake_case with ` + "`aggregate_id`" + `; no secret, no launch URL, no lab file.
`

const ownersHead = `
## What owners of definitions are told

These go to the owner_notification.webhook_url of a definition, in structured form and in order per definition, and not to ` + "`CLOUD_EVENT_SINK`" + `. Their ids begin with ` + "`notifications/`" + `. With a webhook_secret they are signed as Standard Webhooks asks for.

- ` + "`%s`" + `
`

func TestEventsDocument(t *testing.T) {
	domain := filepath.Join(root(t), "control-plane-api", "internal", "domain")
	folders, err := os.ReadDir(domain)
	require.NoError(t, err)
	var b strings.Builder
	b.WriteString(eventsHead)
	for _, folder := range folders {
		if !folder.IsDir() {
			continue
		}
		if names := eventsOf(t, filepath.Join(domain, folder.Name())); len(names) > 0 {
			fmt.Fprintf(&b, "\n## %s\n\n- `%s`\n", strings.ToUpper(folder.Name()[:1])+folder.Name()[1:], strings.Join(names, "`\n- `"))
		}
	}
	fmt.Fprintf(&b, ownersHead, strings.Join(eventsOf(t, filepath.Join(root(t), "control-plane-api", "internal", "notify")), "`\n- `"))
	document(t, "events.md", b.String())
}

// eventsOf gives the names of the events of one aggregate: its constants Event..., and what its calls of Raise and Note name.
func eventsOf(t *testing.T, folder string) []string {
	t.Helper()
	files := parse(t, folder)
	constants := constantsOf(files)
	var names []string
	for name, value := range constants {
		if strings.HasPrefix(name, "Event") && strings.HasSuffix(value, ".v1") {
			names = append(names, value)
		}
	}
	for _, file := range files {
		ast.Inspect(file, func(node ast.Node) bool {
			if call, ok := node.(*ast.CallExpr); ok && raises(call) {
				names = append(names, named(call.Args[0], constants)...)
			}
			return true
		})
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func parse(t *testing.T, folder string) (files []*ast.File) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*.go"))
	require.NoError(t, err)
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		files = append(files, file)
	}
	return files
}

// constantsOf gives the constants of a package that are texts.
func constantsOf(files []*ast.File) map[string]string {
	constants := map[string]string{}
	for _, file := range files {
		ast.Inspect(file, func(node ast.Node) bool {
			if spec, ok := node.(*ast.ValueSpec); ok && len(spec.Names) == len(spec.Values) {
				for i, name := range spec.Names {
					if text, ok := literal(spec.Values[i]); ok {
						constants[name.Name] = text
					}
				}
			}
			return true
		})
	}
	return constants
}

func raises(call *ast.CallExpr) bool {
	method, ok := call.Fun.(*ast.SelectorExpr)
	return ok && len(call.Args) == 2 && (method.Sel.Name == "Raise" || method.Sel.Name == "Note")
}

// named gives the names that an expression may have. One that is a variable gives none: then a constant Event... tells.
func named(e ast.Expr, constants map[string]string) []string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, ok := literal(e); ok {
			return []string{text}
		}
	case *ast.Ident:
		if text, ok := constants[e.Name]; ok {
			return []string{text}
		}
	case *ast.BinaryExpr:
		left, right := named(e.X, constants), named(e.Y, constants)
		if len(left) == 1 && len(right) == 1 {
			return []string{left[0] + right[0]}
		}
	case *ast.CallExpr:
		// licenseEvent(operation, suffix) names an event of each of both operations.
		if name, ok := e.Fun.(*ast.Ident); ok && name.Name == "licenseEvent" {
			return licenseEvents(named(e.Args[1], constants), constants)
		}
	}
	return nil
}

func licenseEvents(suffixes []string, constants map[string]string) (names []string) {
	for _, suffix := range suffixes {
		for _, word := range []string{constants["licenseWordRegistration"], constants["licenseWordDeregistration"]} {
			names = append(names, constants["licenseEventPrefix"]+word+suffix)
		}
	}
	return names
}

func literal(e ast.Expr) (string, bool) {
	basic, ok := e.(*ast.BasicLit)
	if !ok || basic.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(basic.Value)
	return text, err == nil
}
