package s3

import (
	"crypto/md5" //nolint:gosec // S3 defines the ETag as an MD5; nothing is protected by it
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"time"

	"github.com/rclone/gofakes3"
)

// object is an entry of the index; its exported fields are the header of the file.
type object struct {
	Key      string            `json:"key"`
	Size     int64             `json:"size"`
	MD5      string            `json:"md5"`
	Modified time.Time         `json:"modified"`
	Metadata map[string]string `json:"metadata,omitempty"`

	content []byte // in memory only
	offset  int64  // of the content in the file
}

func newObject(key string, content []byte, meta map[string]string, now time.Time) *object {
	sum := md5.Sum(content) //nolint:gosec // see the import
	return &object{
		Key: key, Size: int64(len(content)), MD5: hex.EncodeToString(sum[:]),
		Modified: now.UTC(), Metadata: maps.Clone(meta),
	}
}

func (o *object) etag() string { return `"` + o.MD5 + `"` }

func (o *object) entry() *gofakes3.Content {
	return &gofakes3.Content{
		Key: o.Key, LastModified: gofakes3.NewContentTime(o.Modified), ETag: o.etag(), Size: o.Size,
	}
}

func (o *object) describe(contents io.ReadCloser, part *gofakes3.ObjectRange) (*gofakes3.Object, error) {
	hash, err := hex.DecodeString(o.MD5)
	if err != nil {
		return nil, fmt.Errorf("object %s: %w", o.Key, err)
	}
	return &gofakes3.Object{
		Name: o.Key, Metadata: maps.Clone(o.Metadata), Size: o.Size, Contents: contents, Hash: hash, Range: part,
	}, nil
}

// nothing is the contents of a head answer.
type nothing struct{}

func (nothing) Read([]byte) (int, error) { return 0, io.EOF }
func (nothing) Close() error             { return nil }
