package ec2

import (
	"net/http"
	"time"

	"github.com/fxamacker/cbor/v2"
	"github.com/go-chi/chi/v5"
)

// metricsCBOR serves CloudWatch on Smithy RPC v2 CBOR.
func (s *Server) metricsCBOR(w http.ResponseWriter, r *http.Request) {
	q, points, err := s.metrics(r, chi.URLParam(r, "operation"), func() (q metricQuery, err error) {
		if r.Header.Get("Smithy-Protocol") != "rpc-v2-cbor" {
			return q, badRequest("MalformedInput", "Smithy-Protocol must be rpc-v2-cbor")
		}
		if err := cbor.Unmarshal(buffered(r), &q); err != nil {
			return q, badRequest("MalformedInput", "The body is not the CBOR of a metric query")
		}
		return q, nil
	})
	if err != nil {
		writeFailureCBOR(w, asAPIError(err))
		return
	}
	list := make([]map[string]any, 0, len(points))
	for _, d := range points {
		item := map[string]any{"Timestamp": epoch(d.Timestamp), "Unit": d.Unit}
		for name, v := range d.chosen(q.Statistics) {
			item[name] = v
		}
		list = append(list, item)
	}
	writeCBOR(w, http.StatusOK, map[string]any{"Label": q.MetricName, "Datapoints": list})
}

// epoch is a CBOR time stamp: tag 1 around seconds.
func epoch(t time.Time) cbor.Tag { return cbor.Tag{Number: 1, Content: float64(t.Unix())} }

// writeFailureCBOR answers an error; clients of the older protocol's error codes
// read them from the header.
func writeFailureCBOR(w http.ResponseWriter, e *apiError) {
	fault := "Sender"
	if e.status >= http.StatusInternalServerError {
		fault = "Receiver"
	}
	w.Header().Set("X-Amzn-Query-Error", e.code+";"+fault)
	writeCBOR(w, e.status, map[string]any{"__type": "com.amazonaws.cloudwatch#" + shape(e.code), "message": e.message})
}

// shape is the name of an error in the model of CloudWatch, which for some
// differs from the code of the query protocol.
func shape(code string) string {
	switch code {
	case "InvalidParameterValue", "InvalidParameterCombination":
		return code + "Exception"
	case "MissingParameter":
		return "MissingRequiredParameterException"
	}
	return code
}

func writeCBOR(w http.ResponseWriter, status int, v any) {
	raw, err := cbor.Marshal(v)
	if err != nil {
		http.Error(w, "answer cannot be encoded", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/cbor")
	w.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
	w.WriteHeader(status)
	_, _ = w.Write(raw) // the client may be gone: nothing to tell it
}
