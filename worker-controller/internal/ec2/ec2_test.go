package ec2

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/worker-controller/internal/worker"
)

var (
	_ worker.EC2    = (*Client)(nil)
	_ worker.Lister = (*Client)(nil)
)

func TestNewestImageReadsAllPagesAndSorts(t *testing.T) {
	w := newWire(t)
	w.answers["DescribeImages"] = []answer{
		images("more", image("ami-old", "cisco-cml2.9-a", "2025-01-01T00:00:00.000Z", "available"), image("ami-wip", "cisco-cml2.9-z", "2027-01-01T00:00:00.000Z", "pending")),
		images("", image("ami-new", "cisco-cml2.9-b", "2026-01-01T00:00:00.000Z", "available"), image("ami-mid", "cisco-cml2.9-c", "2025-06-01T00:00:00.000Z", "available")),
	}
	got, err := w.client.NewestImage(t.Context(), "us-west-2", "cisco-cml2.9*")
	require.NoError(t, err)
	require.Equal(t, worker.Image{ID: "ami-new", Name: "cisco-cml2.9-b", RootDiskGB: 60}, got)
	require.Equal(t, "self", w.asked[0].Get("Owner.1"))
	require.Equal(t, "cisco-cml2.9*", w.asked[0].Get("Filter.1.Value.1"))
	require.Equal(t, "more", w.asked[1].Get("NextToken"))
	require.Equal(t, "us-west-2", w.region(), "the worker's region, not the configured one")

	w.answers["DescribeImages"] = []answer{images("")}
	_, err = w.client.NewestImage(t.Context(), "us-west-2", "none*")
	require.True(t, failure.Is(err, failure.NotFound))
}

func TestMachines(t *testing.T) {
	w := newWire(t)
	w.answers["DescribeInstances"] = []answer{
		instances("more", instance("i-1", "running", tag("lcm:worker_id", "w1")+tag("lcm:attempt", "2"))),
		instances("", instance("i-2", "terminated", tag("lcm:worker_id", "w1")+tag("lcm:attempt", "spoilt"))),
	}
	found, err := w.client.FindByWorker(t.Context(), "us-east-1", "w1")
	require.NoError(t, err)
	require.Equal(t, "tag:lcm:worker_id", w.asked[0].Get("Filter.1.Name"))
	require.Len(t, found, 2, "of whatever state, from all pages")
	require.Equal(t, worker.Machine{
		ID: "i-1", WorkerID: "w1", Attempt: 2, State: worker.MachineRunning, ReasonCode: "Client.UserInitiatedShutdown", Reason: "User initiated",
		PublicIP: "198.51.100.7", PrivateIP: "10.0.0.5", InstanceType: "m5zn.metal", ImageID: "ami-1", LaunchedAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	}, found[0])
	require.Zero(t, found[1].Attempt)

	w.answers["DescribeInstances"] = []answer{instances("", instance("i-1", "running", ""))}
	all, err := w.client.List(t.Context(), "us-east-1")
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Equal(t, "tag-key", w.last().Get("Filter.1.Name"))
}

func TestDescribe(t *testing.T) {
	w := newWire(t)
	for _, test := range []struct {
		name   string
		answer answer
		found  bool
		kind   failure.Kind
	}{
		{"there", instances("", instance("i-1", "stopped", "")), true, ""},
		{"empty", ok(`<DescribeInstancesResponse><requestId>r</requestId><reservationSet/></DescribeInstancesResponse>`), false, ""},
		{"not found", refusal(400, "InvalidInstanceID.NotFound"), false, ""},
		{"throttled", refusal(503, "RequestLimitExceeded"), false, failure.Throttled},
	} {
		t.Run(test.name, func(t *testing.T) {
			w.answers["DescribeInstances"] = []answer{test.answer}
			_, found, err := w.client.Describe(t.Context(), "us-east-1", "i-1")
			require.Equal(t, test.found, found)
			if test.kind == "" {
				require.NoError(t, err)
				return
			}
			require.True(t, failure.Is(err, test.kind), "%v", err)
		})
	}
}

func order() worker.LaunchOrder {
	return worker.LaunchOrder{
		Region: "us-west-2", WorkerID: "w1", WorkerName: "a", TemplateName: "metal",
		Tags: map[string]string{"Environment": "test", "Name": "loses", "lcm:managed_by": "loses"},
		Launch: readmodel.Launch{
			Attempt: 3, ClientToken: "w1-3", AMIID: "ami-1", InstanceType: "m5zn.metal", SubnetID: "subnet-1", SecurityGroupIDs: []string{"sg-1", "sg-2"},
			KeyName: "ops", DiskGB: 1000,
		},
	}
}

func launchAnswer() answer {
	return ok(`<RunInstancesResponse><reservationId>r-1</reservationId><instancesSet>` + instance("i-9", "pending", tag("lcm:worker_id", "w1")) + `</instancesSet></RunInstancesResponse>`)
}

func TestLaunch(t *testing.T) {
	w := newWire(t)
	w.answers["DescribeImages"] = []answer{images("", image("ami-1", "n", "2026-01-01T00:00:00.000Z", "available"))}
	w.answers["RunInstances"] = []answer{launchAnswer()}
	m, err := w.client.Launch(t.Context(), order())
	require.NoError(t, err)
	require.Equal(t, "i-9", m.ID)
	require.Equal(t, worker.MachinePending, m.State)
	require.Equal(t, "us-west-2", w.region())
	form := w.last()
	for key, want := range map[string]string{
		"ClientToken": "w1-3", "ImageId": "ami-1", "InstanceType": "m5zn.metal", "MinCount": "1", "MaxCount": "1", "SubnetId": "subnet-1",
		"SecurityGroupId.1": "sg-1", "SecurityGroupId.2": "sg-2", "KeyName": "ops", "MetadataOptions.HttpTokens": "required",
		"BlockDeviceMapping.1.DeviceName": "/dev/xvda", "BlockDeviceMapping.1.Ebs.VolumeSize": "1000", "BlockDeviceMapping.1.Ebs.DeleteOnTermination": "true",
		"TagSpecification.1.ResourceType": "instance", "TagSpecification.2.ResourceType": "volume",
	} {
		require.Equal(t, want, form.Get(key), key)
	}
	tags := map[string]string{}
	for n := 1; form.Get(fmt.Sprintf("TagSpecification.1.Tag.%d.Key", n)) != ""; n++ {
		prefix := fmt.Sprintf("TagSpecification.1.Tag.%d.", n)
		tags[form.Get(prefix+"Key")] = form.Get(prefix + "Value")
		require.Equal(t, form.Get(prefix+"Key"), form.Get(strings.Replace(prefix, ".1.", ".2.", 1)+"Key"), "the volume has the same tags")
	}
	require.Equal(t, map[string]string{
		"Environment": "test", "Name": "cml-worker-a", "lcm:worker_id": "w1", "lcm:template_name": "metal", "lcm:managed_by": "lablet-cloud-manager", "lcm:attempt": "3",
	}, tags)

	first := form.Encode()
	_, err = w.client.Launch(t.Context(), order())
	require.NoError(t, err)
	require.Equal(t, first, w.last().Encode(), "a repeat is the same request, else EC2 refuses its token")
}

func TestLaunchWithoutTheImage(t *testing.T) {
	w := newWire(t)
	w.answers["DescribeImages"] = []answer{images("")}
	_, err := w.client.Launch(t.Context(), order())
	require.True(t, failure.Is(err, failure.Invalid), "the stored launch can never be carried out")
}

func TestFailures(t *testing.T) {
	for _, test := range []struct {
		word string
		kind failure.Kind
		code string
	}{
		{"InstanceLimitExceeded", failure.Quota, worker.CodeEC2Quota},
		{"VcpuLimitExceeded", failure.Quota, worker.CodeEC2Quota},
		{"InsufficientInstanceCapacity", failure.Unavailable, worker.CodeEC2Capacity},
		{"RequestLimitExceeded", failure.Throttled, worker.CodeEC2Throttled},
		{"UnauthorizedOperation", failure.Unauthenticated, worker.CodeEC2Credentials},
		{"InvalidClientTokenId", failure.Unauthenticated, worker.CodeEC2Credentials},
		{"AuthFailure", failure.Unauthenticated, worker.CodeEC2Credentials},
		{"InvalidParameterValue", failure.Invalid, worker.CodeEC2BadRequest},
		{"InvalidAMIID.NotFound", failure.Invalid, worker.CodeEC2BadRequest},
		{"InvalidGroup.NotFound", failure.Invalid, worker.CodeEC2BadRequest},
		{"IdempotentParameterMismatch", failure.Conflict, worker.CodeEC2State},
		{"InternalError", failure.Unavailable, worker.CodeEC2Unavailable},
		{"SomethingNew", failure.Unavailable, worker.CodeEC2Unavailable},
	} {
		t.Run(test.word, func(t *testing.T) {
			w := newWire(t)
			w.answers["DescribeImages"] = []answer{images("", image("ami-1", "n", "2026-01-01T00:00:00.000Z", "available"))}
			w.answers["RunInstances"] = []answer{refusal(400, test.word)}
			_, err := w.client.Launch(t.Context(), order())
			require.Equal(t, test.kind, failure.KindOf(err), "%v", err)
			require.Equal(t, test.code, failure.CodeOf(err))
			require.ErrorContains(t, err, test.word)
			require.NotContains(t, err.Error(), "hidden-key")
		})
	}
}

func TestPower(t *testing.T) {
	w := newWire(t)
	for action, call := range map[string]func(context.Context, string, string) error{
		"StartInstances": w.client.Start, "StopInstances": w.client.Stop, "TerminateInstances": w.client.Terminate,
	} {
		w.answers[action] = []answer{ok(`<` + action + `Response><instancesSet/></` + action + `Response>`)}
		require.NoError(t, call(t.Context(), "us-west-2", "i-1"), action)
		require.Equal(t, "i-1", w.last().Get("InstanceId.1"))
		require.Equal(t, "us-west-2", w.region())
		w.answers[action] = []answer{refusal(400, "IncorrectInstanceState")}
		require.True(t, failure.Is(call(t.Context(), "us-west-2", "i-1"), failure.Conflict), action)
	}
	w.answers["TerminateInstances"] = []answer{refusal(400, "InvalidInstanceID.NotFound")}
	require.NoError(t, w.client.Terminate(t.Context(), "us-west-2", "i-1"), "it is gone, as wanted")
}

func TestNoAnswer(t *testing.T) {
	stalled := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // a server notices that its client left only when it has read the request
		<-r.Context().Done()
	}))
	t.Cleanup(stalled.Close)
	client, err := New(t.Context(), Config{
		Region: "us-east-1", AccessKeyID: secret.New("a"), SecretAccessKey: secret.New("b"), Endpoint: stalled.URL, Timeout: 50 * time.Millisecond, Attempts: 1,
	})
	require.NoError(t, err)
	_, err = client.List(t.Context(), "us-east-1")
	require.Equal(t, worker.CodeEC2Unavailable, failure.CodeOf(err), "%v", err)
}

func TestLargeAnswersArriveWhole(t *testing.T) {
	w := newWire(t)
	var items []string
	for n := range 200 {
		items = append(items, instance(fmt.Sprintf("i-%d", n), "running", tag("lcm:worker_id", "w")))
	}
	w.answers["DescribeInstances"] = []answer{instances("", items...)}
	for range 50 {
		all, err := w.client.List(t.Context(), "us-east-1")
		require.NoError(t, err)
		require.Len(t, all, 200)
	}
}
