package ec2

import (
	"slices"
	"time"
)

const maxDatapoints = 1440

// metricQuery is a GetMetricStatistics call.
type metricQuery struct {
	Namespace  string      `cbor:"Namespace"`
	MetricName string      `cbor:"MetricName"`
	Dimensions []dimension `cbor:"Dimensions"`
	StartTime  time.Time   `cbor:"StartTime"`
	EndTime    time.Time   `cbor:"EndTime"`
	Period     int         `cbor:"Period"` // seconds
	Statistics []string    `cbor:"Statistics"`
	Unit       string      `cbor:"Unit"`
}

type dimension struct {
	Name  string `cbor:"Name"`
	Value string `cbor:"Value"`
}

var statistics = []string{"Average", "Sum", "Minimum", "Maximum", "SampleCount"}

func (q metricQuery) check() error {
	required := []struct {
		name   string
		absent bool
	}{
		{"Namespace", q.Namespace == ""}, {"MetricName", q.MetricName == ""},
		{"StartTime", q.StartTime.IsZero()}, {"EndTime", q.EndTime.IsZero()}, {"Period", q.Period == 0},
		{"Statistics", len(q.Statistics) == 0},
	}
	for _, r := range required {
		if r.absent {
			return missing(r.name)
		}
	}
	for _, s := range q.Statistics {
		if !slices.Contains(statistics, s) {
			return invalidValue("Statistic %q is not one of %v", s, statistics)
		}
	}
	if q.Period < 60 || q.Period%60 != 0 || q.Period > 86400 {
		return invalidValue("Period %d must be a multiple of 60 up to 86400: these metrics have no high resolution", q.Period)
	}
	span := q.EndTime.Sub(q.StartTime)
	if span <= 0 {
		return invalidValue("The parameter StartTime must be less than the parameter EndTime.")
	}
	if asked := span / (time.Duration(q.Period) * time.Second); asked > maxDatapoints {
		return badRequest("InvalidParameterCombination",
			"You have requested up to %d datapoints, which exceeds the limit of %d", asked, maxDatapoints)
	}
	return nil
}
