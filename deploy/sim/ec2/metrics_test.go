package ec2_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/schemas"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/transport/http/protocol/awsquery"
	"github.com/stretchr/testify/require"

	sim "github.com/lablet-cloud-manager/lcm/deploy/sim/ec2"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

func (a *account) statistics(id, metric string, edits ...func(*cloudwatch.GetMetricStatisticsInput)) *cloudwatch.GetMetricStatisticsInput {
	now := a.kit.Clock.Now()
	in := &cloudwatch.GetMetricStatisticsInput{
		Namespace: aws.String("AWS/EC2"), MetricName: aws.String(metric),
		Dimensions: []types.Dimension{{Name: aws.String("InstanceId"), Value: aws.String(id)}},
		StartTime:  aws.Time(now.Add(-10 * time.Minute)), EndTime: aws.Time(now), Period: aws.Int32(60),
		Statistics: []types.Statistic{types.StatisticAverage, types.StatisticSum},
	}
	for _, edit := range edits {
		edit(in)
	}
	return in
}

// clients speak the two protocols of CloudWatch.
func (a *account) clients() map[string]*cloudwatch.Client {
	return map[string]*cloudwatch.Client{
		"cbor": a.cloudwatch(),
		"query": a.cloudwatch(func(o *cloudwatch.Options) {
			o.Protocol = awsquery.New(schemas.GraniteServiceVersion20100801)
		}),
	}
}

func TestMetricsOnBothProtocols(t *testing.T) {
	a := open(t, "", sim.Config{})
	id := a.booted(func(in *ec2.RunInstancesInput) { in.Monitoring = monitored() })
	a.kit.Clock.Advance(30 * time.Minute)
	in := a.statistics(id, "CPUUtilization")
	var first []types.Datapoint
	for name, client := range a.clients() {
		out, err := client.GetMetricStatistics(a.ctx(), in)
		require.NoError(t, err, name)
		require.Equal(t, "CPUUtilization", *out.Label)
		require.GreaterOrEqual(t, len(out.Datapoints), 10, name)
		for _, d := range out.Datapoints {
			require.Equal(t, types.StandardUnitPercent, d.Unit)
			require.InDelta(t, 40, *d.Average, 25)
			require.NotNil(t, d.Sum)
			require.Nil(t, d.Maximum, "not asked for")
			require.False(t, d.Timestamp.Before(in.StartTime.Truncate(time.Minute)))
			require.True(t, d.Timestamp.Before(*in.EndTime))
		}
		if first == nil {
			first = out.Datapoints
		}
		require.Len(t, out.Datapoints, len(first))
		for n := range first {
			require.True(t, first[n].Timestamp.Equal(*out.Datapoints[n].Timestamp))
			require.InDelta(t, *first[n].Average, *out.Datapoints[n].Average, 1e-9, "same call, same figures")
		}
	}
	sorted := true
	for n := 1; n < len(first); n++ {
		sorted = sorted && first[n-1].Timestamp.Before(*first[n].Timestamp)
	}
	require.False(t, sorted, "CloudWatch does not sort")
}

func TestMetricsThatAreNotThere(t *testing.T) {
	a := open(t, "", sim.Config{})
	id := a.launch()
	points := func(metric string, edits ...func(*cloudwatch.GetMetricStatisticsInput)) int {
		t.Helper()
		out, err := a.cloudwatch().GetMetricStatistics(a.ctx(), a.statistics(id, metric, edits...))
		require.NoError(t, err)
		return len(out.Datapoints)
	}
	require.Zero(t, points("CPUUtilization"), "not running yet")
	a.kit.Clock.Advance(time.Hour)
	require.NotZero(t, points("NetworkIn"))
	require.Zero(t, points("DiskReadOps"), "m5zn.metal has no instance store")
	require.Zero(t, points("mem_used_percent", func(in *cloudwatch.GetMetricStatisticsInput) {
		in.Namespace = aws.String("CWAgent")
	}), "no agent in the image")
	require.LessOrEqual(t, points("CPUUtilization"), 3, "basic monitoring has a figure each five minutes")

	control := "/_sim/instances/" + id + "/metrics"
	a.control("POST", control, map[string]any{"late_ms": 3_600_000})
	require.Zero(t, points("CPUUtilization"), "late")
	a.control("POST", control, map[string]any{"absent": true})
	require.Zero(t, points("CPUUtilization"), "absent")
	a.control("POST", control, map[string]any{"values": map[string]float64{"CPUUtilization": 1.5}})
	out, err := a.cloudwatch().GetMetricStatistics(a.ctx(), a.statistics(id, "CPUUtilization"))
	require.NoError(t, err)
	require.InDelta(t, 1.5, *out.Datapoints[0].Average, 0)
	a.control("POST", "/_sim/instances/"+id+"/terminate", nil)
	require.Zero(t, points("CPUUtilization"))
}

func TestMetricErrors(t *testing.T) {
	a := open(t, "", sim.Config{})
	id := a.booted()
	cases := []struct {
		code string
		edit func(*cloudwatch.GetMetricStatisticsInput)
	}{
		{"InvalidParameterValue", func(in *cloudwatch.GetMetricStatisticsInput) { in.Period = aws.Int32(30) }},
		{"InvalidParameterValue", func(in *cloudwatch.GetMetricStatisticsInput) { in.StartTime = in.EndTime }},
		{"InvalidParameterValue", func(in *cloudwatch.GetMetricStatisticsInput) { in.Statistics = []types.Statistic{"Median"} }},
		{"MissingParameter", func(in *cloudwatch.GetMetricStatisticsInput) { in.Statistics = nil }},
		{"InvalidParameterCombination", func(in *cloudwatch.GetMetricStatisticsInput) {
			in.StartTime = aws.Time(in.EndTime.Add(-48 * time.Hour))
		}},
	}
	for name, client := range a.clients() {
		for _, c := range cases {
			_, err := client.GetMetricStatistics(a.ctx(), a.statistics(id, "CPUUtilization", c.edit))
			var e smithy.APIError
			require.ErrorAs(t, err, &e, name)
			// A modelled error shows its code or its name, which adds to the code.
			short := strings.TrimSuffix(strings.Replace(e.ErrorCode(), "MissingRequired", "Missing", 1), "Exception")
			require.Equal(t, c.code, short, name)
		}
		rule := a.kit.Faults.Add(kit.Rule{ID: name, Op: "GetMetricStatistics", Times: 1, Status: 400, Code: "Throttling"})
		_, err := client.GetMetricStatistics(a.ctx(), a.statistics(id, "CPUUtilization"))
		requireCode(t, err, "Throttling")
		require.Equal(t, name, rule)
		_, err = client.ListMetrics(a.ctx(), &cloudwatch.ListMetricsInput{})
		requireCode(t, err, "InvalidAction")
	}
}

func TestMonitorInstances(t *testing.T) {
	a := open(t, "", sim.Config{})
	id := a.booted()
	out, err := a.ec2(east).MonitorInstances(a.ctx(), &ec2.MonitorInstancesInput{InstanceIds: []string{id}})
	require.NoError(t, err)
	require.Equal(t, "pending", string(out.InstanceMonitorings[0].Monitoring.State))
	require.Equal(t, "enabled", string(a.get(id).Monitoring.State))
}
