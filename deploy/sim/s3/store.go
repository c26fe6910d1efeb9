package s3

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/rclone/gofakes3"
)

// store is the backend of gofakes3: an index in memory, the objects in files
// below dir or, when dir is "", in memory too.
type store struct {
	dir string
	now func() time.Time

	mu      sync.RWMutex
	buckets map[string]*bucket
}

type bucket struct {
	created time.Time
	objects map[string]*object
}

var _ gofakes3.Backend = (*store)(nil)

func (s *store) bucket(name string) (*bucket, error) {
	b := s.buckets[name]
	if b == nil {
		return nil, gofakes3.BucketNotFound(name)
	}
	return b, nil
}

func (s *store) object(bucketName, key string) (*object, error) {
	b, err := s.bucket(bucketName)
	if err != nil {
		return nil, err
	}
	o := b.objects[key]
	if o == nil {
		return nil, gofakes3.KeyNotFound(key)
	}
	return o, nil
}

// GetObject implements gofakes3.Backend. The contents stay readable when the
// object is replaced or deleted meanwhile.
func (s *store) GetObject(_ context.Context, bucketName, key string, r *gofakes3.ObjectRangeRequest) (*gofakes3.Object, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	o, err := s.object(bucketName, key)
	if err != nil {
		return nil, err
	}
	part, err := r.Range(o.Size)
	if err != nil {
		return nil, err
	}
	contents, err := s.open(bucketName, o, part)
	if err != nil {
		return nil, err
	}
	return o.describe(contents, part)
}

// HeadObject implements gofakes3.Backend.
func (s *store) HeadObject(_ context.Context, bucketName, key string) (*gofakes3.Object, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	o, err := s.object(bucketName, key)
	if err != nil {
		return nil, err
	}
	return o.describe(nothing{}, nil)
}

// PutObject implements gofakes3.Backend: the former object is replaced as a
// whole or, on error, not at all.
func (s *store) PutObject(ctx context.Context, bucketName, key string, meta map[string]string, input io.Reader, size int64) (gofakes3.PutObjectResult, error) {
	var none gofakes3.PutObjectResult
	content, err := gofakes3.ReadAll(input, size)
	if err != nil {
		return none, err
	}
	o := newObject(key, content, meta, s.now())
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.bucket(bucketName)
	if err != nil {
		return none, err
	}
	old, exists := b.objects[key]
	etag := ""
	if exists {
		etag = old.etag()
	}
	if err := gofakes3.CheckWriteConditions(ctx, exists, etag); err != nil {
		return none, err
	}
	if err := s.writeObject(bucketName, o, content); err != nil {
		return none, fmt.Errorf("put %s/%s: %w", bucketName, key, err)
	}
	b.objects[key] = o
	return none, nil
}

// CopyObject implements gofakes3.Backend.
func (s *store) CopyObject(ctx context.Context, fromBucket, fromKey, toBucket, toKey string, meta map[string]string) (result gofakes3.CopyObjectResult, err error) {
	from, err := s.GetObject(ctx, fromBucket, fromKey, nil)
	if err != nil {
		return result, err
	}
	defer gofakes3.CheckClose(from.Contents, &err)
	if _, err = s.PutObject(ctx, toBucket, toKey, meta, from.Contents, from.Size); err != nil {
		return result, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	to, err := s.object(toBucket, toKey)
	if err != nil {
		return result, err
	}
	return gofakes3.CopyObjectResult{ETag: to.etag(), LastModified: gofakes3.NewContentTime(to.Modified)}, nil
}

// DeleteObject implements gofakes3.Backend; an object that is not there is no
// error.
func (s *store) DeleteObject(_ context.Context, bucketName, key string) (gofakes3.ObjectDeleteResult, error) {
	var none gofakes3.ObjectDeleteResult
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.bucket(bucketName)
	if err != nil {
		return none, err
	}
	if _, ok := b.objects[key]; !ok {
		return none, nil
	}
	if err := s.removeObject(bucketName, key); err != nil {
		return none, fmt.Errorf("delete %s/%s: %w", bucketName, key, err)
	}
	delete(b.objects, key)
	return none, nil
}

// DeleteMulti implements gofakes3.Backend.
func (s *store) DeleteMulti(ctx context.Context, bucketName string, keys ...string) (result gofakes3.MultiDeleteResult, err error) {
	for _, key := range keys {
		if _, err := s.DeleteObject(ctx, bucketName, key); err != nil {
			failed := gofakes3.ErrorResultFromError(err)
			failed.Key = key
			result.Error = append(result.Error, failed)
			continue
		}
		result.Deleted = append(result.Deleted, gofakes3.ObjectID{Key: key})
	}
	return result, nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
