package arch

import (
	"fmt"
	"slices"
	"strings"
)

// Row says what the packages of a pattern may import; what it does not list they may not. The first row that matches a
// package is the one that counts, so the narrow ones stand first.
type Row struct {
	// Packages is a path such as ./core/api, or one with everything below it: ./core/...
	Packages string
	// May lists patterns in the same form, paths of other modules, or std for the whole standard library.
	May    []string
	Reason string
}

// std stands for every package of the standard library.
const std = "std"

// CheckImports applies a table to what imports says of each package. A package that no row matches is a violation too.
func CheckImports(packages []Package, table []Row, imports func(Package) []string) (violations []string) {
	for _, p := range packages {
		at := slices.IndexFunc(table, func(r Row) bool { return matches(r.Packages, p.Path) })
		if at < 0 {
			violations = append(violations, fmt.Sprintf("%s: no row of the table says what it may import", p.Path))
			continue
		}
		row := table[at]
		for _, path := range imports(p) {
			if path != p.Path && !allowed(row.May, path) {
				violations = append(violations, fmt.Sprintf("%s imports %s; %s may not: %s", p.Path, path, row.Packages, row.Reason))
			}
		}
	}
	return violations
}

// CheckRows finds rows that say nothing: without a reason, or matching no package.
func CheckRows(packages []Package, table []Row) (violations []string) {
	for i, row := range table {
		if row.Reason == "" {
			violations = append(violations, fmt.Sprintf("%s: the row gives no reason", row.Packages))
		}
		counts := slices.ContainsFunc(packages, func(p Package) bool {
			return slices.IndexFunc(table, func(r Row) bool { return matches(r.Packages, p.Path) }) == i
		})
		if !counts {
			violations = append(violations, fmt.Sprintf("%s: the row matches no package, or another one stands before it", row.Packages))
		}
	}
	return violations
}

func allowed(may []string, path string) bool {
	return slices.ContainsFunc(may, func(pattern string) bool {
		if pattern == std {
			return standard(path)
		}
		return matches(pattern, path)
	})
}

// matches reports whether a path is that of a pattern or, for one that ends in "...", below it.
func matches(pattern, path string) bool {
	below, open := strings.CutSuffix(pattern, "/...")
	return path == below || open && strings.HasPrefix(path, below+"/")
}

// standard tells the standard library by the missing dot in the first element, as the go command does.
func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}
