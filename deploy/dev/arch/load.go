package arch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
)

// Prefix is what the paths of all our modules begin with. Here and in the tables "./" stands for it.
const Prefix = "github.com/lablet-cloud-manager/lcm/"

// Package is one package of ours as go list tells of it.
type Package struct {
	// Path begins with "./", such as ./core/api.
	Path string
	Name string
	// Imports are those of production code, TestImports those of its tests; ours begin with "./".
	Imports, TestImports []string
	// Files and TestFiles are absolute.
	Files, TestFiles []string
}

type listed struct {
	ImportPath, Dir, Name              string
	GoFiles, TestGoFiles, XTestGoFiles []string
	Imports, TestImports, XTestImports []string
}

// Load lists every package of the workspace at root. A package that does not build is listed as far as it can be read: that
// it does not is for the build to tell.
func Load(ctx context.Context, root string) ([]Package, error) {
	fields := "ImportPath,Dir,Name,GoFiles,TestGoFiles,XTestGoFiles,Imports,TestImports,XTestImports"
	command := exec.CommandContext(ctx, "go", "list", "-e", "-json="+fields, "work")
	command.Dir = root
	command.Env = append(command.Environ(), "GOWORK="+filepath.Join(root, "go.work"), "GOFLAGS=")
	var complaints bytes.Buffer
	command.Stderr = &complaints
	output, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, complaints.String())
	}
	return decode(bytes.NewReader(output))
}

func decode(from io.Reader) ([]Package, error) {
	var packages []Package
	decoder := json.NewDecoder(from)
	for {
		var l listed
		switch err := decoder.Decode(&l); {
		case errors.Is(err, io.EOF):
			return packages, nil
		case err != nil:
			return nil, fmt.Errorf("go list: %w", err)
		}
		packages = append(packages, Package{
			Path: short(l.ImportPath), Name: l.Name,
			Imports: shortAll(l.Imports), TestImports: shortAll(l.TestImports, l.XTestImports),
			Files: within(l.Dir, l.GoFiles), TestFiles: within(l.Dir, l.TestGoFiles, l.XTestGoFiles),
		})
	}
}

func short(path string) string {
	if rest, ours := strings.CutPrefix(path, Prefix); ours {
		return "./" + rest
	}
	return path
}

func shortAll(lists ...[]string) (all []string) {
	for _, list := range lists {
		for _, path := range list {
			all = append(all, short(path))
		}
	}
	return all
}

func within(dir string, lists ...[]string) (paths []string) {
	for _, list := range lists {
		for _, name := range list {
			paths = append(paths, filepath.Join(dir, name))
		}
	}
	return paths
}
