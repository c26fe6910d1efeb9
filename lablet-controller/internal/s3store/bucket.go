package s3store

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// Bucket writes objects of one type to one bucket, which it makes where it is missing and may be made.
type Bucket struct {
	Store       *Store
	Name        string
	ContentType string
}

// Put writes an object and gives its address.
func (b *Bucket) Put(ctx context.Context, key string, content []byte) (string, error) {
	uri, err := b.Store.Put(ctx, b.Name, key, b.ContentType, content)
	if failure.CodeOf(err) != codeNoBucket {
		return uri, err
	}
	if err := b.Store.makeBucket(ctx, b.Name); err != nil {
		return "", err
	}
	return b.Store.Put(ctx, b.Name, key, b.ContentType, content)
}

func (s *Store) makeBucket(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	input := &s3.CreateBucketInput{Bucket: &name}
	// AWS wants the region named everywhere but in the first one.
	if s.location != "" {
		input.CreateBucketConfiguration = &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraint(s.location)}
	}
	_, err := s.client.CreateBucket(ctx, input)
	if _, mine := errors.AsType[*types.BucketAlreadyOwnedByYou](err); mine || err == nil {
		return nil
	}
	return translate(ctx, err, name, "")
}
