package s3

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/rclone/gofakes3"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// A bucket is a folder with the file bucketFile. An object is one file there,
// named by the hash of its key so that no key can name another path: a line of
// JSON (the object), then the content. One file keeps both in step.
const (
	bucketFile = "bucket"
	maxHeader  = 64 << 10
)

func (s *store) path(bucketName, key string) string {
	sum := sha256.Sum256([]byte(key))
	return filepath.Join(s.dir, bucketName, "o-"+hex.EncodeToString(sum[:]))
}

func (s *store) writeBucket(name string, created time.Time) error {
	if s.dir == "" {
		return nil
	}
	folder := filepath.Join(s.dir, name)
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return err
	}
	return kit.WriteFile(filepath.Join(folder, bucketFile), []byte(created.Format(time.RFC3339Nano)))
}

func (s *store) removeBucket(name string) error {
	if s.dir == "" {
		return nil
	}
	return os.RemoveAll(filepath.Join(s.dir, name))
}

func (s *store) writeObject(bucketName string, o *object, content []byte) error {
	if s.dir == "" {
		o.content = content
		return nil
	}
	header, err := json.Marshal(o)
	if err != nil {
		return err
	}
	if len(header) >= maxHeader {
		return gofakes3.ErrMetadataTooLarge
	}
	o.offset = int64(len(header)) + 1
	return kit.WriteFile(s.path(bucketName, o.Key), bytes.Join([][]byte{header, content}, []byte{'\n'}))
}

func (s *store) removeObject(bucketName, key string) error {
	if s.dir == "" {
		return nil
	}
	err := os.Remove(s.path(bucketName, key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// open returns the content or a part of it.
func (s *store) open(bucketName string, o *object, part *gofakes3.ObjectRange) (io.ReadCloser, error) {
	start, length := int64(0), o.Size
	if part != nil {
		start, length = part.Start, part.Length
	}
	if s.dir == "" {
		return io.NopCloser(io.NewSectionReader(bytes.NewReader(o.content), start, length)), nil
	}
	f, err := os.Open(s.path(bucketName, o.Key))
	if err != nil {
		return nil, fmt.Errorf("get %s/%s: %w", bucketName, o.Key, err)
	}
	return section{io.NewSectionReader(f, o.offset+start, length), f}, nil
}

type section struct {
	io.Reader
	io.Closer
}

// readObject reads the header of an object file.
func readObject(path string) (*object, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read
	line, err := bufio.NewReaderSize(io.LimitReader(f, maxHeader), maxHeader).ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("object file %s: header: %w", path, err)
	}
	o := &object{offset: int64(len(line))}
	if err := json.Unmarshal(line, o); err != nil {
		return nil, fmt.Errorf("object file %s: header: %w", path, err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() != o.offset+o.Size {
		return nil, fmt.Errorf("object file %s: has %d bytes, want %d", path, info.Size(), o.offset+o.Size)
	}
	return o, nil
}
