package s3_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
	sim "github.com/lablet-cloud-manager/lcm/deploy/sim/s3"
)

type shop struct {
	kit    *kit.Kit
	sim    *sim.Server
	url    string
	client *s3.Client
	ctx    context.Context
}

func open(t *testing.T, dir string, cfg sim.Config) *shop {
	t.Helper()
	k, err := kit.New(dir, nil)
	require.NoError(t, err)
	s, err := sim.New(k, cfg)
	require.NoError(t, err)
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return &shop{k, s, server.URL, client(server.URL, "secret"), ctx}
}

func client(url, secret string) *s3.Client {
	return s3.New(s3.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(url), UsePathStyle: true, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", secret, ""),
		HTTPClient:  awshttp.NewBuildableClient(),
	})
}

func (s *shop) put(t *testing.T, key, content string) {
	t.Helper()
	_, err := s.client.PutObject(s.ctx, &s3.PutObjectInput{
		Bucket: aws.String("packages"), Key: aws.String(key), Body: strings.NewReader(content),
		ContentType: aws.String("application/zip"), Metadata: map[string]string{"sha": "abc"},
	})
	require.NoError(t, err)
}

func (s *shop) get(t *testing.T, key string) string {
	t.Helper()
	out, err := s.client.GetObject(s.ctx, &s3.GetObjectInput{Bucket: aws.String("packages"), Key: aws.String(key)})
	require.NoError(t, err)
	defer out.Body.Close()
	raw, err := io.ReadAll(out.Body)
	require.NoError(t, err)
	return string(raw)
}

func requireCode(t *testing.T, err error, code string) {
	t.Helper()
	var e smithy.APIError
	require.ErrorAs(t, err, &e)
	require.Equal(t, code, e.ErrorCode(), e.ErrorMessage())
}

func TestBuckets(t *testing.T) {
	for _, dir := range []string{"", t.TempDir()} {
		s := open(t, dir, sim.Config{})
		_, err := s.client.HeadBucket(s.ctx, &s3.HeadBucketInput{Bucket: aws.String("packages")})
		var missing *types.NotFound
		require.ErrorAs(t, err, &missing)
		_, err = s.client.CreateBucket(s.ctx, &s3.CreateBucketInput{Bucket: aws.String("packages")})
		require.NoError(t, err)
		_, err = s.client.HeadBucket(s.ctx, &s3.HeadBucketInput{Bucket: aws.String("packages")})
		require.NoError(t, err)
		_, err = s.client.CreateBucket(s.ctx, &s3.CreateBucketInput{Bucket: aws.String("packages")})
		require.Error(t, err)
		_, err = s.client.CreateBucket(s.ctx, &s3.CreateBucketInput{Bucket: aws.String("Up_Per")})
		requireCode(t, err, "InvalidBucketName")
		_, err = s.client.CreateBucket(s.ctx, &s3.CreateBucketInput{Bucket: aws.String("exam-v1.0-lab-1.0")})
		require.NoError(t, err, "S3 allows labels of one character")
		_, err = s.client.CreateBucket(s.ctx, &s3.CreateBucketInput{Bucket: aws.String("a..b-0")})
		requireCode(t, err, "InvalidBucketName")
		s.put(t, "a", "x")
		_, err = s.client.DeleteBucket(s.ctx, &s3.DeleteBucketInput{Bucket: aws.String("packages")})
		requireCode(t, err, "BucketNotEmpty")
		_, err = s.client.DeleteObject(s.ctx, &s3.DeleteObjectInput{Bucket: aws.String("packages"), Key: aws.String("a")})
		require.NoError(t, err)
		_, err = s.client.DeleteBucket(s.ctx, &s3.DeleteBucketInput{Bucket: aws.String("packages")})
		require.NoError(t, err)
	}
}

func TestObjectsSurviveReopen(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, sim.Config{Buckets: []string{"packages"}})
	s.put(t, "../../etc/x y+z/é.zip", "first")
	s.put(t, "../../etc/x y+z/é.zip", "line\nsecond")
	s.put(t, "empty", "")

	s = open(t, dir, sim.Config{Buckets: []string{"packages"}})
	require.Equal(t, "line\nsecond", s.get(t, "../../etc/x y+z/é.zip"))
	require.Empty(t, s.get(t, "empty"))
	head, err := s.client.HeadObject(s.ctx, &s3.HeadObjectInput{
		Bucket: aws.String("packages"), Key: aws.String("../../etc/x y+z/é.zip"),
	})
	require.NoError(t, err)
	require.EqualValues(t, 11, *head.ContentLength)
	require.Equal(t, "application/zip", *head.ContentType)
	require.Equal(t, map[string]string{"sha": "abc"}, head.Metadata)
	require.NotNil(t, head.LastModified)

	raw, err := s.sim.Get(s.ctx, "packages", "../../etc/x y+z/é.zip")
	require.NoError(t, err)
	require.Equal(t, "line\nsecond", string(raw))
}

func TestMissingObject(t *testing.T) {
	s := open(t, "", sim.Config{Buckets: []string{"packages"}})
	_, err := s.client.GetObject(s.ctx, &s3.GetObjectInput{Bucket: aws.String("packages"), Key: aws.String("none")})
	var missing *types.NoSuchKey
	require.ErrorAs(t, err, &missing)
	_, err = s.client.GetObject(s.ctx, &s3.GetObjectInput{Bucket: aws.String("nowhere"), Key: aws.String("none")})
	requireCode(t, err, "NoSuchBucket")
	_, err = s.sim.Get(s.ctx, "packages", "none")
	require.Error(t, err)
	require.Error(t, s.sim.Put(s.ctx, "nowhere", "a", nil))
}

func TestRangeCopyAndConditions(t *testing.T) {
	s := open(t, t.TempDir(), sim.Config{Buckets: []string{"packages"}})
	require.NoError(t, s.sim.Put(s.ctx, "packages", "a", []byte("0123456789")))
	part, err := s.client.GetObject(s.ctx, &s3.GetObjectInput{
		Bucket: aws.String("packages"), Key: aws.String("a"), Range: aws.String("bytes=2-4"),
	})
	require.NoError(t, err)
	raw, err := io.ReadAll(part.Body)
	require.NoError(t, err)
	require.NoError(t, part.Body.Close())
	require.Equal(t, "234", string(raw))

	_, err = s.client.CopyObject(s.ctx, &s3.CopyObjectInput{
		Bucket: aws.String("packages"), Key: aws.String("b"), CopySource: aws.String("packages/a"),
	})
	require.NoError(t, err)
	require.Equal(t, "0123456789", s.get(t, "b"))

	_, err = s.client.PutObject(s.ctx, &s3.PutObjectInput{
		Bucket: aws.String("packages"), Key: aws.String("b"), Body: bytes.NewReader(nil), IfNoneMatch: aws.String("*"),
	})
	requireCode(t, err, "PreconditionFailed")
	require.Equal(t, "0123456789", s.get(t, "b"))
}

func TestListPages(t *testing.T) {
	s := open(t, "", sim.Config{Buckets: []string{"packages"}})
	for _, key := range []string{"a/1", "a/2", "b", "c/1", "c/2", "d"} {
		require.NoError(t, s.sim.Put(s.ctx, "packages", key, []byte("x")))
	}
	list := func(in s3.ListObjectsV2Input) (got []string) {
		in.Bucket, in.MaxKeys = aws.String("packages"), aws.Int32(1)
		pages := s3.NewListObjectsV2Paginator(s.client, &in)
		for n := 0; pages.HasMorePages() && n < 20; n++ {
			p, err := pages.NextPage(s.ctx)
			require.NoError(t, err)
			for _, c := range p.CommonPrefixes {
				got = append(got, *c.Prefix)
			}
			for _, c := range p.Contents {
				got = append(got, *c.Key)
			}
		}
		return got
	}
	require.Equal(t, []string{"a/1", "a/2", "b", "c/1", "c/2", "d"}, list(s3.ListObjectsV2Input{}))
	require.Equal(t, []string{"c/1", "c/2"}, list(s3.ListObjectsV2Input{Prefix: aws.String("c/")}))
	require.Equal(t, []string{"a/", "b", "c/", "d"}, list(s3.ListObjectsV2Input{Delimiter: aws.String("/")}))
}

func TestSignatureIsRequired(t *testing.T) {
	s := open(t, "", sim.Config{Buckets: []string{"packages"}, Keys: map[string]string{"AKIDEXAMPLE": "secret"}})
	s.put(t, "a", "x")
	_, err := client(s.url, "wrong").GetObject(s.ctx, &s3.GetObjectInput{Bucket: aws.String("packages"), Key: aws.String("a")})
	requireCode(t, err, "SignatureDoesNotMatch")
	for _, auth := range []string{"", "Bearer x", "AWS4-HMAC-SHA256 Credential=A/20260102/us-east-1/ec2/aws4_request, x"} {
		req, err := http.NewRequestWithContext(s.ctx, http.MethodGet, s.url+"/packages/a", nil)
		require.NoError(t, err)
		req.Header.Set("Authorization", auth)
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, http.StatusForbidden, resp.StatusCode)
	}
}

func TestFaultsByOperation(t *testing.T) {
	s := open(t, "", sim.Config{Buckets: []string{"packages"}})
	s.put(t, "a", "x")
	s.kit.Faults.Add(kit.Rule{Op: "GetObject", Times: 1, Status: 503, Code: "SlowDown"})
	_, err := s.client.GetObject(s.ctx, &s3.GetObjectInput{Bucket: aws.String("packages"), Key: aws.String("a")})
	requireCode(t, err, "SlowDown")
	require.Equal(t, "x", s.get(t, "a"))
	resp, err := http.Get(s.url + "/_sim/state")
	require.NoError(t, err)
	raw, err := io.ReadAll(resp.Body)
	require.NoError(t, errors.Join(err, resp.Body.Close()))
	require.Contains(t, string(raw), `"key":"a"`)
}
