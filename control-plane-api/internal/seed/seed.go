// Package seed makes the settings, templates and definitions that a folder of YAML files describes, where they do not
// exist yet. It never changes what is there, and a bad file does not keep the others from being read.
package seed

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"sort"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// Summary tells what became of the files.
type Summary struct {
	Seeded  int      `json:"seeded"`
	Skipped int      `json:"skipped"`
	Errors  []string `json:"errors,omitempty"`
}

// Seeder makes one kind of thing from a file's bytes; created is false where it exists already.
type Seeder interface {
	// Folder is where the files are, below seeds/.
	Folder() string
	Seed(ctx context.Context, file []byte) (created bool, err error)
}

const maxFile = 8 << 20

// Run seeds every folder in the order of the seeders. A store that does not answer ends it; anything wrong with a file is
// told in the summary.
func Run(ctx context.Context, files fs.FS, seeders ...Seeder) (Summary, error) {
	var all Summary
	for _, s := range seeders {
		names, err := yamlFiles(files, path.Join("seeds", s.Folder()))
		if err != nil {
			return all, err
		}
		for _, name := range names {
			created, err := seedFile(ctx, files, name, s)
			switch {
			case failure.Is(err, failure.Unavailable):
				return all, err
			case err != nil:
				all.Errors = append(all.Errors, fmt.Sprintf("%s: %v", name, err))
			case created:
				all.Seeded++
			default:
				all.Skipped++
			}
		}
	}
	return all, nil
}

func yamlFiles(files fs.FS, folder string) ([]string, error) {
	entries, err := fs.ReadDir(files, folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("seeds: %w", err)
	}
	var names []string
	for _, e := range entries {
		if ext := strings.ToLower(path.Ext(e.Name())); !e.IsDir() && (ext == ".yaml" || ext == ".yml") {
			names = append(names, path.Join(folder, e.Name()))
		}
	}
	sort.Strings(names)
	return names, nil
}

func seedFile(ctx context.Context, files fs.FS, name string, s Seeder) (bool, error) {
	file, err := files.Open(name)
	if err != nil {
		return false, err
	}
	defer func() { _ = file.Close() }()
	content, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return false, err
	}
	if len(content) > maxFile {
		return false, fmt.Errorf("larger than %d bytes", maxFile)
	}
	return s.Seed(ctx, content)
}

// decode reads YAML strictly: a field that nobody knows is a typing error that someone should hear of.
func decode(file []byte, into any) error {
	decoder := yaml.NewDecoder(bytes.NewReader(file))
	decoder.KnownFields(true)
	return decoder.Decode(into)
}

// created tells a new thing from one that was there.
func created(err error) (bool, error) {
	if failure.Is(err, failure.Conflict) && strings.HasSuffix(failure.CodeOf(err), "_exists") {
		return false, nil
	}
	return err == nil, err
}
