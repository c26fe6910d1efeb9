package kit

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// ErrBadName means that a document or folder name is not a plain file name.
var ErrBadName = errors.New("not a plain name")

var plainName = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$`)

// Disk is a folder of named JSON documents and sub folders. Its methods may be
// called concurrently; two writers of one name end with either document whole.
type Disk struct {
	dir string
}

// OpenDisk opens the folder and makes it when missing. With dir "" nothing is
// kept: Save succeeds without effect and Load finds nothing.
func OpenDisk(dir string) (*Disk, error) {
	if dir == "" {
		return &Disk{}, nil
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("open disk: %w", err)
	}
	return &Disk{dir: dir}, nil
}

// Dir returns the folder, "" when nothing is kept.
func (d *Disk) Dir() string { return d.dir }

// Sub opens a sub folder.
func (d *Disk) Sub(name string) (*Disk, error) {
	if !plainName.MatchString(name) {
		return nil, fmt.Errorf("sub folder %q: %w", name, ErrBadName)
	}
	if d.dir == "" {
		return &Disk{}, nil
	}
	return OpenDisk(filepath.Join(d.dir, name))
}

// Load reads the named document; found is false when there is none.
func (d *Disk) Load(name string, into any) (found bool, err error) {
	if !plainName.MatchString(name) {
		return false, fmt.Errorf("load %q: %w", name, ErrBadName)
	}
	if d.dir == "" {
		return false, nil
	}
	raw, err := os.ReadFile(d.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("load %q: %w", name, err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return false, fmt.Errorf("load %q: %w", name, err)
	}
	return true, nil
}

// Save replaces the named document. After an error the former document is still
// whole.
func (d *Disk) Save(name string, v any) error {
	if !plainName.MatchString(name) {
		return fmt.Errorf("save %q: %w", name, ErrBadName)
	}
	if d.dir == "" {
		return nil
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("save %q: %w", name, err)
	}
	if err := WriteFile(d.path(name), raw); err != nil {
		return fmt.Errorf("save %q: %w", name, err)
	}
	return nil
}

func (d *Disk) path(name string) string { return filepath.Join(d.dir, name+".json") }
