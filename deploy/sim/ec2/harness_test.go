package ec2_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"

	sim "github.com/lablet-cloud-manager/lcm/deploy/sim/ec2"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

const (
	cmlImage = "ami-0c29100000000017e" // us-east-1
	east     = "us-east-1"
	west     = "us-west-2"
)

// account is a simulated account behind a real listener.
type account struct {
	t   *testing.T
	kit *kit.Kit
	sim *sim.Server
	url string
}

func open(t *testing.T, dir string, cfg sim.Config) *account {
	t.Helper()
	k, err := kit.New(dir, nil)
	require.NoError(t, err)
	s, err := sim.New(k, cfg)
	require.NoError(t, err)
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	return &account{t, k, s, server.URL}
}

func (a *account) credentials() aws.CredentialsProvider {
	return credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", "")
}

func (a *account) ec2(region string) *ec2.Client {
	return ec2.New(ec2.Options{
		Region: region, BaseEndpoint: aws.String(a.url), Credentials: a.credentials(),
		RetryMaxAttempts: 1, HTTPClient: plainBody{awshttp.NewBuildableClient()},
	})
}

func (a *account) cloudwatch(options ...func(*cloudwatch.Options)) *cloudwatch.Client {
	return cloudwatch.New(cloudwatch.Options{
		Region: east, BaseEndpoint: aws.String(a.url), Credentials: a.credentials(),
		RetryMaxAttempts: 1, HTTPClient: plainBody{awshttp.NewBuildableClient()},
	}, options...)
}

// ctx bounds a call; testing.T.Context alone has no deadline.
func (a *account) ctx() context.Context {
	ctx, cancel := context.WithTimeout(a.t.Context(), 30*time.Second)
	a.t.Cleanup(cancel)
	return ctx
}

func order(edits ...func(*ec2.RunInstancesInput)) *ec2.RunInstancesInput {
	in := &ec2.RunInstancesInput{
		ImageId: aws.String(cmlImage), InstanceType: types.InstanceTypeM5znMetal,
		MinCount: aws.Int32(1), MaxCount: aws.Int32(1),
		SubnetId: aws.String("subnet-1"), SecurityGroupIds: []string{"sg-1"},
		TagSpecifications: []types.TagSpecification{{
			ResourceType: types.ResourceTypeInstance,
			Tags:         []types.Tag{{Key: aws.String("lcm:worker_id"), Value: aws.String("w1")}},
		}},
	}
	for _, edit := range edits {
		edit(in)
	}
	return in
}

// launch runs one instance and returns its id.
func (a *account) launch(edits ...func(*ec2.RunInstancesInput)) string {
	a.t.Helper()
	out, err := a.ec2(east).RunInstances(a.ctx(), order(edits...))
	require.NoError(a.t, err)
	require.Len(a.t, out.Instances, 1)
	return *out.Instances[0].InstanceId
}

// booted launches one instance and lets its boot pass.
func (a *account) booted(edits ...func(*ec2.RunInstancesInput)) string {
	id := a.launch(edits...)
	a.kit.Clock.Advance(sim.DefaultTimings().Boot)
	return id
}

func (a *account) get(id string) types.Instance {
	a.t.Helper()
	out, err := a.ec2(east).DescribeInstances(a.ctx(), &ec2.DescribeInstancesInput{InstanceIds: []string{id}})
	require.NoError(a.t, err)
	require.Len(a.t, out.Reservations, 1)
	require.Len(a.t, out.Reservations[0].Instances, 1)
	return out.Reservations[0].Instances[0]
}

func (a *account) requireState(id string, want types.InstanceStateName) {
	a.t.Helper()
	require.Equal(a.t, want, a.get(id).State.Name)
}

// control makes a control call and returns its status and answer.
func (a *account) control(method, path string, body any) (int, map[string]any) {
	a.t.Helper()
	raw, err := json.Marshal(body)
	require.NoError(a.t, err)
	req, err := http.NewRequestWithContext(a.ctx(), method, a.url+path, bytes.NewReader(raw))
	require.NoError(a.t, err)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(a.t, err)
	defer resp.Body.Close()
	var out map[string]any
	require.NoError(a.t, json.NewDecoder(resp.Body).Decode(&out))
	return resp.StatusCode, out
}

func requireCode(t *testing.T, err error, code string) {
	t.Helper()
	var e smithy.APIError
	require.ErrorAs(t, err, &e)
	require.Equal(t, code, e.ErrorCode(), e.ErrorMessage())
}

func monitored() *types.RunInstancesMonitoringEnabled {
	return &types.RunInstancesMonitoringEnabled{Enabled: aws.Bool(true)}
}

// plainBody hides that the SDK's request bodies have WriteTo. The SDK closes a
// body once the answer begins, and its WriteTo then reports io.EOF as a failed
// write, upon which net/http cuts the connection. That happens only if the
// answer is faster than the end of the sending, as on a loopback.
type plainBody struct{ next *awshttp.BuildableClient }

func (p plainBody) Do(r *http.Request) (*http.Response, error) {
	if r.Body != nil && r.Body != http.NoBody {
		r.Body = struct {
			io.Reader
			io.Closer
		}{r.Body, r.Body}
	}
	return p.next.Do(r)
}
