package labpackage

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// Objects reads object storage.
type Objects interface {
	Get(ctx context.Context, bucket, key string) ([]byte, error)
}

const maxEntry = 16 << 20

var (
	// ErrNotFound means that the bucket or the object is missing or unreadable.
	ErrNotFound = errors.New("package not found")
	// ErrNoEntry means that the package has no such file.
	ErrNoEntry = errors.New("package has no such file")
)

// Package is an opened zip.
type Package struct {
	zip *zip.Reader
}

// Fetch gets and opens the package of a form qualified name.
func Fetch(ctx context.Context, objects Objects, fqn string) (*Package, error) {
	bucket, err := Slug(fqn)
	if err != nil {
		return nil, errors.Join(ErrNotFound, err)
	}
	raw, err := objects.Get(ctx, bucket, Object)
	if err != nil {
		return nil, fmt.Errorf("%w: bucket %s: %w", ErrNotFound, bucket, err)
	}
	return Open(raw)
}

// Open opens the bytes of a zip.
func Open(raw []byte) (*Package, error) {
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return nil, fmt.Errorf("open package: %w", err)
	}
	return &Package{zip: z}, nil
}

// Named returns the path and content of the first file with that base name,
// ErrNoEntry when there is none. Files below PAv1 win.
func (p *Package) Named(base string) (string, []byte, error) {
	var first *zip.File
	for _, f := range p.zip.File {
		if path.Base(f.Name) != base || f.FileInfo().IsDir() {
			continue
		}
		if strings.Contains("/"+f.Name, "/PAv1/") {
			first = f
			break
		}
		if first == nil {
			first = f
		}
	}
	if first == nil {
		return "", nil, fmt.Errorf("%s: %w", base, ErrNoEntry)
	}
	content, err := read(first)
	return first.Name, content, err
}

// At returns the content of the file with exactly that path.
func (p *Package) At(name string) ([]byte, error) {
	for _, f := range p.zip.File {
		if f.Name == name {
			return read(f)
		}
	}
	return nil, fmt.Errorf("%s: %w", name, ErrNoEntry)
}

// Meta returns the publish record, mosaic_meta.json.
func (p *Package) Meta() (map[string]any, error) {
	name, raw, err := p.Named("mosaic_meta.json")
	if err != nil {
		return nil, err
	}
	var meta map[string]any
	if err := json.Unmarshal(raw, &meta); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return meta, nil
}

func read(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	defer func() { _ = r.Close() }() // read only
	content, err := io.ReadAll(io.LimitReader(r, maxEntry+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	if len(content) > maxEntry {
		return nil, fmt.Errorf("%s: larger than %d bytes", f.Name, maxEntry)
	}
	return content, nil
}
