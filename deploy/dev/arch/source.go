package arch

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"slices"
	"strconv"
)

// Source is one file of a package.
type Source struct {
	// Package is its path; Test marks files that only tests are built with.
	Package, Name string
	Test          bool
	Content       []byte

	files *token.FileSet
	tree  *ast.File
	// names tells which package a file's local name stands for.
	names map[string]string
}

// Sources reads the files of packages, those of tests included.
func Sources(packages []Package) ([]Source, error) {
	var all []Source
	for _, p := range packages {
		for _, name := range slices.Concat(p.Files, p.TestFiles) {
			content, err := os.ReadFile(name)
			if err != nil {
				return nil, fmt.Errorf("source of %s: %w", p.Path, err)
			}
			s, err := Parse(p.Path, name, content)
			if err != nil {
				return nil, err
			}
			s.Test = slices.Contains(p.TestFiles, name)
			all = append(all, s)
		}
	}
	return all, nil
}

// Parse reads one file.
func Parse(pkg, name string, content []byte) (Source, error) {
	s := Source{Package: pkg, Name: name, Content: content, files: token.NewFileSet(), names: map[string]string{}}
	tree, err := parser.ParseFile(s.files, name, content, parser.SkipObjectResolution|parser.ParseComments)
	if err != nil {
		return s, fmt.Errorf("source of %s: %w", pkg, err)
	}
	s.tree = tree
	for _, spec := range tree.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return s, fmt.Errorf("source of %s: %w", pkg, err)
		}
		local := path.Base(imported)
		if spec.Name != nil {
			local = spec.Name.Name
		}
		s.names[local] = short(imported)
	}
	return s, nil
}

// Imports reports whether the file imports a package.
func (s Source) Imports(path string) bool {
	for _, imported := range s.names {
		if imported == path {
			return true
		}
	}
	return false
}

// at tells where a node is and what is wrong with it.
func (s Source) at(node ast.Node, format string, args ...any) string {
	where := s.files.Position(node.Pos())
	return fmt.Sprintf("%s/%s:%d: %s", s.Package, path.Base(s.Name), where.Line, fmt.Sprintf(format, args...))
}

// selected gives "package.Name" for a selector of an imported package, else "".
func (s Source) selected(node ast.Node) string {
	selector, ok := node.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	name, ok := selector.X.(*ast.Ident)
	if !ok || s.names[name.Name] == "" {
		return ""
	}
	return s.names[name.Name] + "." + selector.Sel.Name
}

// walk calls see for every node of the file.
func (s Source) walk(see func(ast.Node)) {
	ast.Inspect(s.tree, func(node ast.Node) bool {
		if node != nil {
			see(node)
		}
		return true
	})
}
