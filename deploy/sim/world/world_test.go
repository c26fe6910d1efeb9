package world_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	simec2 "github.com/lablet-cloud-manager/lcm/deploy/sim/ec2"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/simtest"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/world"
)

// run starts a world that ends with the test, or earlier by the returned call.
func run(t *testing.T, cfg world.Config) (*world.World, func()) {
	t.Helper()
	w, err := world.New(cfg)
	require.NoError(t, err)
	require.NoError(t, w.Listen())
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	ended := false
	end := func() {
		if ended {
			return
		}
		ended = true
		cancel()
		select {
		case err := <-done:
			require.NoError(t, err)
		case <-time.After(2 * time.Second):
			require.Fail(t, "the world did not stop within two seconds")
		}
	}
	t.Cleanup(end)
	return w, end
}

func status(t *testing.T, client *http.Client, url, host string) (int, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	req.Host = host
	res, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	require.NoError(t, res.Body.Close())
	return res.StatusCode, nil
}

func TestAllSimulatorsAnswerAtTheirAddresses(t *testing.T) {
	w, _ := run(t, world.Config{})
	at := w.Addresses()
	for name, url := range map[string]string{
		world.EC2: at.EC2, world.LDS: at.LDS, world.Grading: at.Grading,
		world.S3: at.S3, world.OIDC: at.OIDC, world.Sink: at.Sink,
	} {
		got, err := status(t, http.DefaultClient, url+"/_sim/state", "")
		require.NoError(t, err, name)
		require.Equal(t, 200, got, name)
	}
	got, err := status(t, http.DefaultClient, at.Issuer+"/.well-known/openid-configuration", "")
	require.NoError(t, err)
	require.Equal(t, 200, got)
}

// cmlClient trusts the certificate of the machines and no other.
func cmlClient(t *testing.T, w *world.World) *http.Client {
	t.Helper()
	leaf, err := x509.ParseCertificate(w.CMLCertificate().Certificate[0])
	require.NoError(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: "cml-controller"}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 5 * time.Second}
}

func TestCMLLivesOnTheMachinesOfEC2(t *testing.T) {
	w, _ := run(t, world.Config{Rate: 1000})
	client := cmlClient(t, w)
	url := "https://" + w.Addresses().CML + "/api/v0/system_information"
	_, err := status(t, client, url, "10.20.0.9")
	require.Error(t, err, "no machine has that address")

	aws2 := ec2.New(ec2.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(w.Addresses().EC2), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
		HTTPClient:  awshttp.NewBuildableClient(),
	})
	images, err := aws2.DescribeImages(t.Context(), &ec2.DescribeImagesInput{})
	require.NoError(t, err)
	made, err := aws2.RunInstances(t.Context(), &ec2.RunInstancesInput{
		ImageId: images.Images[0].ImageId, InstanceType: types.InstanceTypeM5znMetal,
		MinCount: aws.Int32(1), MaxCount: aws.Int32(1),
	})
	require.NoError(t, err)
	id, ip := *made.Instances[0].InstanceId, *made.Instances[0].PrivateIpAddress
	w.Clock().Advance(time.Hour)
	got, err := status(t, client, url, ip)
	require.NoError(t, err)
	require.Equal(t, 200, got)

	_, err = aws2.TerminateInstances(t.Context(), &ec2.TerminateInstancesInput{InstanceIds: []string{id}})
	require.NoError(t, err)
	_, err = status(t, client, url, ip)
	require.Error(t, err, "a machine that goes away answers no more")
}

func TestPackagesPutIntoS3ReachLDSAndGrading(t *testing.T) {
	w, _ := run(t, world.Config{})
	c := w.Credentials()
	store := awss3.New(awss3.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(w.Addresses().S3), UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(c.S3AccessKey, c.S3SecretKey, ""),
	})
	const bucket = "exam-associate-test-1-lab-one"
	_, err := store.CreateBucket(t.Context(), &awss3.CreateBucketInput{Bucket: aws.String(bucket)})
	require.NoError(t, err)
	content := simtest.Zip(t, "content.xml", "<lab_content/>", "mosaic_meta.json", `{"Version":"7"}`)
	_, err = store.PutObject(t.Context(), &awss3.PutObjectInput{
		Bucket: aws.String(bucket), Key: aws.String("SVN.zip"), Body: strings.NewReader(string(content)),
	})
	require.NoError(t, err)

	fqn := "Exam Associate TEST 1 LAB One"
	lds := client(t, w, world.LDS)
	got := lds.Must(200, "PUT", "/reservations/v3/lab_folder/minio/"+strings.ReplaceAll(fqn, " ", "%20"), nil)
	require.Equal(t, "7", got["Version"])
	client(t, w, world.Grading).Must(204, "POST", "/api/v1/sessions/parts/ruleset/grading/synchronize",
		map[string]any{"partId": fqn})
}

// client calls a simulator directly with its credentials.
func client(t *testing.T, w *world.World, name string) simtest.Client {
	t.Helper()
	c, header := w.Credentials(), http.Header{}
	req, err := http.NewRequest(http.MethodGet, "/", nil)
	require.NoError(t, err)
	req.SetBasicAuth(c.LDSUsername, c.LDSPassword)
	switch name {
	case world.LDS:
		header.Set("Authorization", req.Header.Get("Authorization"))
	case world.Grading:
		header.Set("Authorization", "Bearer "+c.GradingToken)
	}
	return simtest.Client{T: t, Handler: w.Handler(name), Header: header}
}

func book(t *testing.T, w *world.World) string {
	t.Helper()
	lds := client(t, w, world.LDS)
	id := lds.Must(201, "POST", "/reservations/v3/lab_session", map[string]any{
		"origin": "lcm", "auth_id": "a", "auth_id_type": "ordered_session", "candidate_id": "a", "location": "cloud",
		"first_name": "L", "last_name": "U", "rack_group": "LCM", "rack_number": 1, "timezone_offset": 0,
		"scheduled_date": "2020-01-01",
	})["session_id"].(string)
	lds.Must(200, "POST", "/_sim/sessions/"+id+"/begin", nil)
	return id
}

func TestEventsWaitForASinkAndGoThere(t *testing.T) {
	dir := t.TempDir()
	w, end := run(t, world.Config{Dir: dir})
	id := book(t, w)
	end()

	w, _ = run(t, world.Config{Dir: dir})
	w.SetEventSink(w.Addresses().Sink+"/events", "token")
	sink := client(t, w, world.Sink)
	require.Eventually(t, func() bool {
		return sink.Must(200, "GET", "/_sim/events?subject="+id, nil)["total"] == float64(1)
	}, 5*time.Second, 10*time.Millisecond)
}

func TestARestartKeepsPortsAndCredentials(t *testing.T) {
	dir := t.TempDir()
	w, end := run(t, world.Config{Dir: dir})
	addresses, secrets := w.Addresses(), w.Credentials()
	end()
	w, end = run(t, world.Config{Dir: dir})
	require.Equal(t, addresses, w.Addresses())
	require.Equal(t, secrets, w.Credentials())
	end()

	taken, err := net.Listen("tcp", addresses.CML)
	require.NoError(t, err)
	defer func() { require.NoError(t, taken.Close()) }()
	w, _ = run(t, world.Config{Dir: dir})
	require.NotEqual(t, addresses.CML, w.Addresses().CML, "a port that is taken is given up")
	require.Equal(t, addresses.EC2, w.Addresses().EC2)
}

func TestListenFailsAsAWholeAndNamesTheSimulator(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, taken.Close()) }()
	w, err := world.New(world.Config{Listen: map[string]string{world.S3: taken.Addr().String()}})
	require.NoError(t, err)
	require.ErrorContains(t, w.Listen(), "listen for s3")
	require.Empty(t, w.Addresses())
	require.Error(t, w.Run(t.Context()))
}

func TestAHeldCallDoesNotHoldTheStop(t *testing.T) {
	w, end := run(t, world.Config{})
	sink := client(t, w, world.Sink)
	sink.Must(201, "POST", "/_sim/faults", map[string]any{"hold": "before"})
	answered := make(chan error, 1)
	go func() {
		res, err := http.Post(w.Addresses().Sink, "application/json", strings.NewReader("{}"))
		if err == nil {
			err = res.Body.Close()
		}
		answered <- err
	}()
	require.Eventually(t, func() bool {
		rules := sink.Must(200, "GET", "/_sim/faults", nil)["rules"].([]any)
		return rules[0].(map[string]any)["held"] == float64(1)
	}, 5*time.Second, 5*time.Millisecond)
	end()
	require.Error(t, <-answered, "the call was cut")
}

func TestConfigIsChecked(t *testing.T) {
	for _, bad := range []world.Config{
		{Listen: map[string]string{"redis": "127.0.0.1:0"}}, {Rate: -1}, {EC2: simec2.Config{PrivateCIDR: "x"}},
	} {
		_, err := world.New(bad)
		require.Error(t, err)
	}
	require.Equal(t, 404, simtest.Client{T: t, Handler: new(world.World).Handler("redis")}.JSON("GET", "/", nil).Status)
}

func TestCredentialsPrintAsStars(t *testing.T) {
	w, err := world.New(world.Config{Credentials: world.Credentials{LDSPassword: "canary"}})
	require.NoError(t, err)
	require.Equal(t, "canary", w.Credentials().LDSPassword)
	require.NotContains(t, fmt.Sprintf("%v %+v %#v", w.Credentials(), w.Credentials(), w.Credentials()), "canary")
}
