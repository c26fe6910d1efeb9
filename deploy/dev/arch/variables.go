package arch

import (
	"go/ast"
	"go/token"
	"path"
	"slices"
)

// variable lets package-level variables be, although the language cannot keep them from being changed.
type variable struct {
	packages, names string
	reason          string
}

// variables are those that no rule about their value lets through.
func variables() []variable {
	return []variable{
		{"./core/api", "Route*", "the route table: typed routes cannot be constants, and every user must see the same value"},
		{"./control-plane-api/data", "Seeds", "an embedded folder can only be declared so"},
		{"./control-plane-api/internal/httpapi", "docsPage", "an embedded folder can only be declared so"},
		{"./control-plane-api/store/sqlite", "*Columns", "the names of columns; an array cannot be a constant"},
		{"./deploy/sim/...", "*", "the simulator is a process of its own, and its tables are copied from the outside systems' documents"},
	}
}

// unchanging are calls whose value nobody changes: errors to compare with, and compiled expressions.
func unchanging() []string {
	return []string{"errors.New", "fmt.Errorf", "./core/failure.New", "regexp.MustCompile"}
}

func findVariables(s Source) (found []string) {
	if s.Test || supportsTests(s) {
		return nil
	}
	for _, declared := range s.tree.Decls {
		group, ok := declared.(*ast.GenDecl)
		if !ok || group.Tok != token.VAR {
			continue
		}
		for _, spec := range group.Specs {
			if v, ok := spec.(*ast.ValueSpec); ok {
				found = append(found, s.mutable(v)...)
			}
		}
	}
	return found
}

// supportsTests tells packages that only tests import.
func supportsTests(s Source) bool { return s.Imports("testing") }

func (s Source) mutable(v *ast.ValueSpec) (found []string) {
	for i, name := range v.Names {
		if name.Name == "_" || i < len(v.Values) && s.unchanging(v.Values[i]) || s.listed(name.Name) {
			continue
		}
		found = append(found, s.at(name, "var %s", name.Name))
	}
	return found
}

func (s Source) unchanging(value ast.Expr) bool {
	call, ok := value.(*ast.CallExpr)
	return ok && slices.Contains(unchanging(), s.selected(call.Fun))
}

func (s Source) listed(name string) bool {
	return slices.ContainsFunc(variables(), func(v variable) bool {
		fits, err := path.Match(v.names, name)
		return err == nil && fits && matches(v.packages, s.Package)
	})
}
