package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// fileMode keeps the store to its owner. SQLite gives its side files (-wal, -shm) the mode of the main file.
const fileMode fs.FileMode = 0o600

// dataFile is the identity of the file that was opened.
type dataFile struct {
	path string
	info fs.FileInfo
}

// prepareFile makes sure that the file exists with the right mode.
//
// It never opens an existing file: POSIX locks belong to the process, so closing any descriptor of the file would drop the locks that
// another engine of this process holds on it.
func prepareFile(path string) (dataFile, error) {
	if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
		return dataFile{}, fmt.Errorf("%w: directory %s does not exist or can't be read", store.ErrUnavailable, filepath.Dir(path))
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if err := createFile(path); err != nil {
			return dataFile{}, fmt.Errorf("%w: create the store's file: %w", store.ErrUnavailable, err)
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		return dataFile{}, fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	if !info.Mode().IsRegular() {
		return dataFile{}, fmt.Errorf("%w: %s is not a regular file", store.ErrInvalid, path)
	}
	// An older file may have come with a wider mode, by a copy for example.
	if err := os.Chmod(path, fileMode); err != nil {
		return dataFile{}, fmt.Errorf("%w: restrict the file's mode: %w", store.ErrUnavailable, err)
	}
	return dataFile{path: path, info: info}, nil
}

// createFile makes an empty file of fileMode that no descriptor of this process points to. Losing the race to another creator is fine.
func createFile(path string) error {
	temp, err := os.CreateTemp(filepath.Dir(path), ".create-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temp.Name()) }()
	if err := temp.Close(); err != nil {
		return err
	}
	if err := os.Link(temp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes a new name outlive a power failure.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// check says whether the path still leads to the file that was opened. SQLite itself would go on writing to a deleted file.
func (f dataFile) check() error {
	info, err := os.Stat(f.path)
	if err != nil {
		return fmt.Errorf("%w: the store's file is gone: %w", store.ErrUnavailable, err)
	}
	if !os.SameFile(info, f.info) {
		return fmt.Errorf("%w: the store's file was replaced by another one", store.ErrUnavailable)
	}
	return nil
}
