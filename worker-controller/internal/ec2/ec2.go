// Package ec2 speaks to EC2 for the worker reconciler: one client per region, deadlines, and failures in LCM's words.
package ec2

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"github.com/lablet-cloud-manager/lcm/core/secret"
)

// Config says how EC2 is reached.
type Config struct {
	// Region is the one whose settings are loaded; each call names its own.
	Region string
	// AccessKeyID and SecretAccessKey are static credentials; the default chain is used when both are empty.
	AccessKeyID     secret.String
	SecretAccessKey secret.String
	// Endpoint takes the place of AWS's own endpoints, empty in production.
	Endpoint string
	// Timeout bounds a call with the SDK's own repeats; 0 means 30 s.
	Timeout time.Duration
	// Attempts is how often the SDK tries a call; 0 means 3.
	Attempts int
	// Transport carries the calls in place of connections of the client's own; nil makes some.
	Transport http.RoundTripper
}

// Client is a worker.EC2 and worker.Lister. It is safe for concurrent use.
type Client struct {
	base     aws.Config
	endpoint string
	timeout  time.Duration

	mu      sync.Mutex
	regions map[string]*ec2.Client
}

// New loads the AWS settings; it connects to nothing yet.
func New(ctx context.Context, c Config) (*Client, error) {
	options := []func(*config.LoadOptions) error{
		config.WithRegion(c.Region), config.WithHTTPClient(awshttp.NewBuildableClient()), config.WithRetryMaxAttempts(orDefault(c.Attempts, 3)),
	}
	if !c.AccessKeyID.IsZero() || !c.SecretAccessKey.IsZero() {
		static := credentials.NewStaticCredentialsProvider(c.AccessKeyID.Reveal(), c.SecretAccessKey.Reveal(), "")
		options = append(options, config.WithCredentialsProvider(static))
	}
	base, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return nil, fmt.Errorf("AWS settings: %w", err)
	}
	if c.Transport != nil {
		base.HTTPClient = &http.Client{Transport: c.Transport}
	}
	base.HTTPClient = plainBody{base.HTTPClient}
	return &Client{
		base: base, endpoint: c.Endpoint, timeout: orDefault(c.Timeout, 30*time.Second), regions: map[string]*ec2.Client{},
	}, nil
}

func orDefault[T int | time.Duration](value, fallback T) T {
	if value > 0 {
		return value
	}
	return fallback
}

// of gives the client of a region: a machine can only be seen and changed through its own.
func (c *Client) of(region string) *ec2.Client {
	c.mu.Lock()
	defer c.mu.Unlock()
	if have := c.regions[region]; have != nil {
		return have
	}
	made := ec2.NewFromConfig(c.base, func(o *ec2.Options) {
		o.Region = region
		if c.endpoint != "" {
			o.BaseEndpoint = aws.String(c.endpoint)
		}
	})
	c.regions[region] = made
	return made
}

// plainBody hides that the SDK's request bodies have WriteTo. The SDK closes a body as soon as the answer begins, and
// WriteTo of a closed body gives io.EOF, which net/http takes for a failed request and cuts the connection under the
// answer. It happens when the answer comes before the end of the request is noticed, which a near server does now and then.
type plainBody struct{ next aws.HTTPClient }

// Do implements aws.HTTPClient.
func (p plainBody) Do(r *http.Request) (*http.Response, error) {
	if r.Body != nil && r.Body != http.NoBody {
		r.Body = struct {
			io.Reader
			io.Closer
		}{r.Body, r.Body}
	}
	return p.next.Do(r)
}
