package ec2

import (
	"encoding/xml"
	"net/http"
	"time"

	"github.com/google/uuid"
)

const metricNamespace = "http://monitoring.amazonaws.com/doc/2010-08-01/"

type statisticsXML struct {
	Label     string         `xml:"GetMetricStatisticsResult>Label"`
	Points    []datapointXML `xml:"GetMetricStatisticsResult>Datapoints>member"`
	RequestID string         `xml:"ResponseMetadata>RequestId"`
}

type datapointXML struct {
	Timestamp string `xml:"Timestamp"`
	Values    []any
	Unit      string `xml:"Unit"`
}

type valueXML struct {
	XMLName xml.Name
	Value   float64 `xml:",chardata"`
}

type metricFailureXML struct {
	Type      string `xml:"Error>Type"`
	Code      string `xml:"Error>Code"`
	Message   string `xml:"Error>Message"`
	RequestID string `xml:"RequestId"`
}

// metricsQuery serves CloudWatch on the AWS query protocol.
func (s *Server) metricsQuery(w http.ResponseWriter, r *http.Request, p params) {
	q, points, err := s.metrics(r, p.get("Action"), func() (metricQuery, error) { return metricParams(p) })
	if err != nil {
		writeMetricFailure(w, asAPIError(err))
		return
	}
	out := statisticsXML{Label: q.MetricName, RequestID: uuid.NewString()}
	for _, d := range points {
		item := datapointXML{Timestamp: d.Timestamp.UTC().Format(time.RFC3339), Unit: d.Unit}
		for name, v := range d.chosen(q.Statistics) {
			item.Values = append(item.Values, valueXML{xml.Name{Local: name}, v})
		}
		out.Points = append(out.Points, item)
	}
	writeXML(w, http.StatusOK, xml.Name{Space: metricNamespace, Local: getStatistics + "Response"}, out)
}

func metricParams(p params) (q metricQuery, err error) {
	q = metricQuery{
		Namespace: p.get("Namespace"), MetricName: p.get("MetricName"), Unit: p.get("Unit"),
		Statistics: p.list("Statistics.member"),
	}
	for _, d := range p.each("Dimensions.member") {
		q.Dimensions = append(q.Dimensions, dimension{d.get("Name"), d.get("Value")})
	}
	if q.Period, err = p.number("Period", 0, 0, 1<<30); err != nil {
		return q, err
	}
	if q.StartTime, err = metricTime(p, "StartTime"); err != nil {
		return q, err
	}
	q.EndTime, err = metricTime(p, "EndTime")
	return q, err
}

func metricTime(p params, name string) (time.Time, error) {
	if !p.has(name) {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339Nano, p.get(name))
	if err != nil {
		return t, invalidValue("%s is not an ISO 8601 time", name)
	}
	return t, nil
}

func writeMetricFailure(w http.ResponseWriter, e *apiError) {
	fault := "Sender"
	if e.status >= http.StatusInternalServerError {
		fault = "Receiver"
	}
	writeXML(w, e.status, xml.Name{Space: metricNamespace, Local: "ErrorResponse"},
		metricFailureXML{fault, e.code, e.message, uuid.NewString()})
}
