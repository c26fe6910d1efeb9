// Package s3store reads content packages from, and writes evidence to, S3-compatible storage.
package s3store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"github.com/lablet-cloud-manager/lcm/core/answer"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/secret"
)

// Config says where the storage is.
type Config struct {
	// Endpoint is an address or host:port; empty means AWS itself.
	Endpoint string
	// Secure chooses https for an endpoint that names no scheme.
	Secure bool
	// Without an access key the AWS default chain gives credentials.
	AccessKey string
	SecretKey secret.String
	Region    string
	// Transport carries the calls in place of connections of the client's own; nil makes some.
	Transport http.RoundTripper
}

// Store is a storage. It is safe for concurrent use.
type Store struct {
	client *s3.Client
	// location is what a new bucket is told; empty where nothing need be said.
	location string
}

const (
	// callTimeout bounds one transfer.
	callTimeout  = 2 * time.Minute
	maxAttempts  = 3
	codeNoBucket = "bucket_not_found"
)

// New connects; nothing is asked of the storage yet.
func New(ctx context.Context, c Config) (*Store, error) {
	options := []func(*awsconfig.LoadOptions) error{
		// Storage that is not AWS's often sends no checksums; the SDK would write a line to standard error for each answer.
		awsconfig.WithResponseChecksumValidation(aws.ResponseChecksumValidationWhenRequired),
		awsconfig.WithRegion(c.Region), awsconfig.WithHTTPClient(awshttp.NewBuildableClient()), awsconfig.WithRetryMaxAttempts(maxAttempts),
	}
	if c.AccessKey != "" {
		static := credentials.NewStaticCredentialsProvider(c.AccessKey, c.SecretKey.Reveal(), "")
		options = append(options, awsconfig.WithCredentialsProvider(static))
	}
	loaded, err := awsconfig.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return nil, fmt.Errorf("S3: %w", err)
	}
	if c.Transport != nil {
		loaded.HTTPClient = &http.Client{Transport: c.Transport}
	}
	loaded.HTTPClient = bounded{next: loaded.HTTPClient}
	endpoint, err := c.endpoint()
	if err != nil {
		return nil, err
	}
	store := &Store{client: s3.NewFromConfig(loaded, func(o *s3.Options) {
		if endpoint != "" {
			o.BaseEndpoint, o.UsePathStyle = aws.String(endpoint), true
		}
	})}
	if endpoint == "" && c.Region != "us-east-1" {
		store.location = c.Region
	}
	return store, nil
}

func (c Config) endpoint() (string, error) {
	if c.Endpoint == "" {
		return "", nil
	}
	address := c.Endpoint
	if !strings.Contains(address, "://") {
		scheme := "http://"
		if c.Secure {
			scheme = "https://"
		}
		address = scheme + address
	}
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" || (parsed.Scheme != "http" && parsed.Scheme != "https") {
		return "", fmt.Errorf("S3 endpoint %q: want host:port or http(s)://host", c.Endpoint)
	}
	return strings.TrimRight(address, "/"), nil
}

// Get reads an object of at most limit bytes. Failures: NotFound, TooLarge, Forbidden, Unavailable.
func (s *Store) Get(ctx context.Context, bucket, key string, limit int64) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	object, err := s.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	if err != nil {
		return nil, translate(ctx, err, bucket, key)
	}
	defer func() { _ = object.Body.Close() }()
	content, err := answer.Read(ctx, object.Body, limit)
	switch {
	case errors.Is(err, answer.ErrTooLarge):
		return nil, failure.New(failure.TooLarge, "object_too_large", "%s/%s has more than %d bytes.", bucket, key, limit)
	case err != nil:
		return nil, translate(ctx, err, bucket, key)
	}
	return content, nil
}

// Put writes an object, in the place of one that has its key, and gives its address, s3://bucket/key.
func (s *Store) Put(ctx context.Context, bucket, key, contentType string, content []byte) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := s.client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &bucket, Key: &key, ContentType: &contentType, Body: bytes.NewReader(content),
	})
	if err != nil {
		return "", translate(ctx, err, bucket, key)
	}
	return "s3://" + bucket + "/" + key, nil
}

// translate puts an error of the SDK into our words; its own text, which may hold request ids and hosts, is for the log.
func translate(ctx context.Context, err error, bucket, key string) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	// The SDK has types for these codes, but not on every operation.
	if answer, ok := errors.AsType[smithy.APIError](err); ok && answer.ErrorCode() == "NoSuchBucket" {
		return failure.Wrap(err, failure.NotFound, codeNoBucket, "The bucket %s does not exist.", bucket)
	}
	response, answered := errors.AsType[*awshttp.ResponseError](err)
	if !answered {
		return failure.Wrap(err, failure.Unavailable, "s3_unavailable", "The object storage does not answer.")
	}
	switch status := response.HTTPStatusCode(); {
	case status == http.StatusNotFound:
		return failure.Wrap(err, failure.NotFound, "object_not_found", "The bucket %s has no object %s.", bucket, key)
	case status == http.StatusForbidden, status == http.StatusUnauthorized:
		return failure.Wrap(err, failure.Forbidden, "s3_credentials", "The object storage refused access to the bucket %s.", bucket)
	case status == http.StatusTooManyRequests:
		return failure.Wrap(err, failure.Throttled, "s3_throttled", "The object storage asks LCM to slow down.")
	case status >= http.StatusInternalServerError:
		return failure.Wrap(err, failure.Unavailable, "s3_unavailable", "The object storage failed (status %d).", status)
	default:
		return failure.Wrap(err, failure.Invalid, "s3_refused", "The object storage refused the request (status %d).", status)
	}
}
