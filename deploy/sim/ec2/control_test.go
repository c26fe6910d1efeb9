package ec2_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/stretchr/testify/require"

	sim "github.com/lablet-cloud-manager/lcm/deploy/sim/ec2"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

func TestInstancesChangeBehindOurBack(t *testing.T) {
	a := open(t, "", sim.Config{})
	id := a.booted()
	status, _ := a.control("POST", "/_sim/instances/"+id+"/stop", nil)
	require.Equal(t, 200, status)
	i := a.get(id)
	require.Equal(t, types.InstanceStateNameStopping, i.State.Name)
	require.Equal(t, "Server.ScheduledStop", *i.StateReason.Code)
	status, _ = a.control("POST", "/_sim/instances/"+id+"/stop", nil)
	require.Equal(t, 409, status, "not running any more")
	status, out := a.control("POST", "/_sim/instances/"+id+"/terminate", nil)
	require.Equal(t, 200, status)
	require.Equal(t, "terminated", out["state"])
	a.requireState(id, types.InstanceStateNameTerminated)
	status, _ = a.control("POST", "/_sim/instances/i-0/terminate", nil)
	require.Equal(t, 404, status)
	status, _ = a.control("POST", "/_sim/instances/"+id+"/status-check", map[string]string{"system": "sick"})
	require.Equal(t, 400, status)
}

func TestCapacityByTypeAndZone(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir, sim.Config{})
	status, _ := a.control("PUT", "/_sim/capacity", map[string]any{"rules": []sim.CapacityRule{
		{InstanceType: "m5zn.metal", Zone: "us-east-1a", Max: 1},
	}})
	require.Equal(t, 200, status)
	a = open(t, dir, sim.Config{})
	id := a.booted()
	_, err := a.ec2(east).RunInstances(a.ctx(), order())
	requireCode(t, err, "InsufficientInstanceCapacity")
	a.launch(func(in *ec2.RunInstancesInput) { in.InstanceType = types.InstanceTypeT3Micro })
	a.launch(func(in *ec2.RunInstancesInput) {
		in.Placement = &types.Placement{AvailabilityZone: aws.String("us-east-1b")}
	})
	a.control("POST", "/_sim/instances/"+id+"/terminate", nil)
	a.launch()
}

func TestFaultsByAction(t *testing.T) {
	a := open(t, "", sim.Config{})
	a.kit.Faults.Add(kit.Rule{Op: "RunInstances", Times: 1, Status: 503, Code: "RequestLimitExceeded"})
	_, err := a.ec2(east).RunInstances(a.ctx(), order())
	requireCode(t, err, "RequestLimitExceeded")

	withToken := func(in *ec2.RunInstancesInput) { in.ClientToken = aws.String("tok") }
	a.kit.Faults.Add(kit.Rule{Op: "RunInstances", Times: 1, Drop: kit.After})
	_, err = a.ec2(east).RunInstances(a.ctx(), order(withToken))
	require.Error(t, err, "the answer is lost")
	all, err := a.ec2(east).DescribeInstances(a.ctx(), &ec2.DescribeInstancesInput{})
	require.NoError(t, err)
	require.Len(t, found(all), 1, "the instance is there")
	require.Equal(t, found(all)[0], a.launch(withToken), "and the token finds it")
}

func TestRequestsThatNoClientSends(t *testing.T) {
	a := open(t, "", sim.Config{})
	scope := "AWS4-HMAC-SHA256 Credential=AK/20260102/%s/aws4_request, SignedHeaders=host, Signature=00"
	post := func(auth string, form url.Values) (int, string) {
		req, err := http.NewRequestWithContext(a.ctx(), http.MethodPost, a.url, strings.NewReader(form.Encode()))
		require.NoError(t, err)
		req.Header.Set("Authorization", auth)
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return resp.StatusCode, string(body)
	}
	list := url.Values{"Action": {"DescribeInstances"}, "Version": {"2016-11-15"}}
	cases := []struct {
		auth string
		form url.Values
		code string
	}{
		{"", list, "MissingAuthenticationToken"},
		{"Bearer x", list, "IncompleteSignature"},
		{strings.Replace(scope, "%s", "mars-1/ec2", 1), list, "AuthFailure"},
		{strings.Replace(scope, "%s", "us-east-1/s3", 1), list, "AuthFailure"},
		{strings.Replace(scope, "%s", "us-east-1/ec2", 1), url.Values{"Action": {"BuyIsland"}, "Version": {"2016-11-15"}}, "InvalidAction"},
		{strings.Replace(scope, "%s", "us-east-1/ec2", 1), url.Values{"Action": {"DescribeInstances"}}, "InvalidAction"},
	}
	for _, c := range cases {
		status, body := post(c.auth, c.form)
		require.GreaterOrEqual(t, status, 400)
		require.Contains(t, body, "<Code>"+c.code+"</Code>")
	}
	status, _ := post(cases[4].auth, url.Values{"Action": {"DescribeInstances"}, "Pad": {strings.Repeat("x", 1<<20)}})
	require.Equal(t, http.StatusRequestEntityTooLarge, status)
}

func TestTimingsSetByControlSurviveRestart(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir, sim.Config{})
	status, out := a.control("PUT", "/_sim/timings", map[string]any{"boot_ms": 1000})
	require.Equal(t, 200, status)
	require.InDelta(t, 20000, out["stop_ms"], 0, "others stay")
	status, _ = a.control("PUT", "/_sim/timings", map[string]any{"boot_ms": -1})
	require.Equal(t, 400, status)
	a = open(t, dir, sim.Config{})
	id := a.launch()
	a.kit.Clock.Advance(time.Second)
	a.requireState(id, types.InstanceStateNameRunning)
	_, state := a.control("GET", "/_sim/state", nil)
	require.Len(t, state["instances"], 1)
}

func TestConfigIsChecked(t *testing.T) {
	k, err := kit.New("", nil)
	require.NoError(t, err)
	for _, cidr := range []string{"10.0.0.0/30", "fd00::/64", "x"} {
		_, err := sim.New(k, sim.Config{PrivateCIDR: cidr})
		require.Error(t, err, cidr)
	}
}
