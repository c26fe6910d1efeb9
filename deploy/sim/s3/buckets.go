package s3

import (
	"context"
	"fmt"

	"github.com/rclone/gofakes3"
)

// ListBuckets implements gofakes3.Backend.
func (s *store) ListBuckets(context.Context) ([]gofakes3.BucketInfo, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make([]gofakes3.BucketInfo, 0, len(s.buckets))
	for _, name := range sortedKeys(s.buckets) {
		out = append(out, gofakes3.BucketInfo{Name: name, CreationDate: gofakes3.NewContentTime(s.buckets[name].created)})
	}
	return out, nil
}

// BucketExists implements gofakes3.Backend.
func (s *store) BucketExists(_ context.Context, name string) (bool, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.buckets[name] != nil, nil
}

// CreateBucket implements gofakes3.Backend. It checks the name, which becomes
// that of a folder.
func (s *store) CreateBucket(_ context.Context, name string) error {
	if !validBucketName(name) {
		return gofakes3.ErrorMessage(gofakes3.ErrInvalidBucketName, "the name is not one that S3 allows")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.buckets[name] != nil {
		return gofakes3.ResourceError(gofakes3.ErrBucketAlreadyExists, name)
	}
	created := s.now()
	if err := s.writeBucket(name, created); err != nil {
		return fmt.Errorf("create bucket %s: %w", name, err)
	}
	s.buckets[name] = &bucket{created: created, objects: map[string]*object{}}
	return nil
}

// DeleteBucket implements gofakes3.Backend.
func (s *store) DeleteBucket(_ context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.bucket(name)
	if err != nil {
		return err
	}
	if len(b.objects) > 0 {
		return gofakes3.ResourceError(gofakes3.ErrBucketNotEmpty, name)
	}
	if err := s.removeBucket(name); err != nil {
		return fmt.Errorf("delete bucket %s: %w", name, err)
	}
	delete(s.buckets, name)
	return nil
}

// ListBucket implements gofakes3.Backend.
func (s *store) ListBucket(_ context.Context, name string, prefix *gofakes3.Prefix, page gofakes3.ListBucketPage) (*gofakes3.ObjectList, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	b, err := s.bucket(name)
	if err != nil {
		return nil, err
	}
	if prefix == nil {
		prefix = &gofakes3.Prefix{}
	}
	list := gofakes3.NewObjectList()
	count, common := int64(0), ""
	for _, key := range sortedKeys(b.objects) {
		var match gofakes3.PrefixMatch
		if key <= page.Marker && page.HasMarker || !prefix.Match(key, &match) {
			continue
		}
		if match.CommonPrefix && match.MatchedPart == common {
			list.NextMarker = key // the next page must not show this prefix again
			continue
		}
		if page.MaxKeys > 0 && count == page.MaxKeys {
			list.IsTruncated = true
			return list, nil
		}
		count++
		list.NextMarker = key
		if match.CommonPrefix {
			common = match.MatchedPart
			list.AddPrefix(common)
			continue
		}
		list.Add(b.objects[key].entry())
	}
	list.NextMarker = ""
	return list, nil
}
