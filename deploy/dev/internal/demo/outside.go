package demo

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
)

// Outside is the simulated world as its operator sees it.
type Outside struct {
	at   plane.Endpoints
	http *http.Client
}

// NewOutside reaches the simulators of a plane.
func NewOutside(at plane.Endpoints) *Outside {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	// The simulator's own certificate, on loopback; LCM itself pins it.
	transport.TLSClientConfig = &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12} //nolint:gosec // see above
	return &Outside{at: at, http: &http.Client{Transport: transport, Timeout: 10 * time.Second}}
}

// Token is a person's access token with roles.
func (o *Outside) Token(ctx context.Context, username string, roles ...string) (string, error) {
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	err := o.Call(ctx, http.MethodPost, o.at.OIDC+"/_sim/token", map[string]any{"username": username, "roles": roles, "lifetime_seconds": 3600}, &answer)
	return answer.AccessToken, err
}

// Upload puts a content package where LCM and LDS look for it.
func (o *Outside) Upload(ctx context.Context, bucket, key string, content []byte) error {
	client := s3.New(s3.Options{
		Region: "us-east-1", RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired, BaseEndpoint: aws.String(o.at.S3), UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(o.at.S3AccessKey, o.at.S3SecretKey, ""),
	})
	if _, err := client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &bucket}); err != nil {
		if _, err := client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &bucket}); err != nil {
			return fmt.Errorf("bucket %s: %w", bucket, err)
		}
	}
	_, err := client.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: bytes.NewReader(content), ContentType: aws.String("application/zip")})
	if err != nil {
		return fmt.Errorf("upload %s/%s: %w", bucket, key, err)
	}
	return nil
}

// Call calls a simulator's control route.
func (o *Outside) Call(ctx context.Context, method, url string, body, into any) error {
	var reader io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("%s: %w", url, err)
		}
		reader = bytes.NewReader(encoded)
	}
	request, err := http.NewRequestWithContext(ctx, method, url, reader)
	if err != nil {
		return fmt.Errorf("%s: %w", url, err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := o.http.Do(request)
	if err != nil {
		return fmt.Errorf("%s: %w", url, err)
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(io.LimitReader(response.Body, 64<<20))
	if err != nil {
		return fmt.Errorf("%s: %w", url, err)
	}
	if response.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("%s %s: %s: %.200s", method, url, response.Status, content)
	}
	if into == nil || len(content) == 0 {
		return nil
	}
	return json.Unmarshal(content, into)
}
