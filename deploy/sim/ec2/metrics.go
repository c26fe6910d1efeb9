package ec2

import "net/http"

const getStatistics = "GetMetricStatistics"

// metrics runs one CloudWatch operation.
func (s *Server) metrics(r *http.Request, operation string, parse func() (metricQuery, error)) (metricQuery, []datapoint, error) {
	region, err := s.signedRegion(r, "monitoring")
	if err != nil {
		return metricQuery{}, nil, err
	}
	if operation != getStatistics {
		return metricQuery{}, nil, badRequest("InvalidAction", "The action %s is not simulated", operation)
	}
	q, err := parse()
	if err == nil {
		err = q.check()
	}
	if err != nil {
		return q, nil, err
	}
	var points []datapoint
	err = s.read(func() error {
		points = s.series(region, q)
		return nil
	})
	return q, points, err
}

// chosen returns the asked statistics of a datapoint.
func (d datapoint) chosen(names []string) map[string]float64 {
	all := map[string]float64{
		"Average": d.Average, "Sum": d.Sum, "Minimum": d.Minimum, "Maximum": d.Maximum, "SampleCount": d.SampleCount,
	}
	out := make(map[string]float64, len(names))
	for _, n := range names {
		out[n] = all[n]
	}
	return out
}
