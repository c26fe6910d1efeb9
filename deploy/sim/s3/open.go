package s3

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// openStore reads the index of a folder; "" keeps all in memory.
func openStore(dir string, now func() time.Time) (*store, error) {
	s := &store{dir: dir, now: now, buckets: map[string]*bucket{}}
	if dir == "" {
		return s, nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("s3 store: %w", err)
	}
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		b, err := readBucket(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, fmt.Errorf("s3 bucket %s: %w", e.Name(), err)
		}
		if b != nil {
			s.buckets[e.Name()] = b
		}
	}
	return s, nil
}

// readBucket returns nil for a folder whose creation or removal was cut short.
// Temporary files of a write that was cut short are removed.
func readBucket(folder string) (*bucket, error) {
	raw, err := os.ReadFile(filepath.Join(folder, bucketFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	b := &bucket{objects: map[string]*object{}}
	if b.created, err = time.Parse(time.RFC3339Nano, string(raw)); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		path := filepath.Join(folder, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), ".tmp-"):
			if err := os.Remove(path); err != nil {
				return nil, err
			}
		case strings.HasPrefix(e.Name(), "o-"):
			o, err := readObject(path)
			if err != nil {
				return nil, err
			}
			b.objects[o.Key] = o
		}
	}
	return b, nil
}
