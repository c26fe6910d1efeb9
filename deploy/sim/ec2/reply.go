package ec2

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"net/http"
	"strings"

	"github.com/google/uuid"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

const ec2Namespace = "http://ec2.amazonaws.com/doc/2016-11-15/"

// reply is the answer of an action: a pointer to a struct that embeds head.
type reply interface{ identify(requestID string) }

// head is the first element of every answer.
type head struct {
	RequestID string `xml:"requestId"`
}

func (h *head) identify(requestID string) { h.RequestID = requestID }

func writeReply(w http.ResponseWriter, name string, out reply) {
	out.identify(uuid.NewString())
	writeXML(w, http.StatusOK, xml.Name{Space: ec2Namespace, Local: name + "Response"}, out)
}

type failure struct {
	Errors    []failureItem `xml:"Errors>Error"`
	RequestID string        `xml:"RequestID"`
}

type failureItem struct {
	Code    string `xml:"Code"`
	Message string `xml:"Message"`
}

func writeFailure(w http.ResponseWriter, e *apiError) {
	writeXML(w, e.status, xml.Name{Local: "Response"}, failure{
		Errors: []failureItem{{e.code, e.message}}, RequestID: uuid.NewString(),
	})
}

func writeXML(w http.ResponseWriter, status int, root xml.Name, v any) {
	var doc bytes.Buffer
	doc.WriteString(xml.Header)
	if err := xml.NewEncoder(&doc).EncodeElement(v, xml.StartElement{Name: root}); err != nil {
		http.Error(w, "answer cannot be encoded", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/xml;charset=UTF-8")
	w.WriteHeader(status)
	_, _ = doc.WriteTo(w) // the client may be gone: nothing to tell it
}

// renderFault answers an injected error in the protocol of the call.
func (s *Server) renderFault(w http.ResponseWriter, r *http.Request, rule kit.Rule) {
	e := &apiError{rule.Status, cmp.Or(rule.Code, "InternalError"), "injected fault"}
	if strings.HasPrefix(r.URL.Path, metricService) {
		writeFailureCBOR(w, e)
		return
	}
	p, err := form(r)
	if err == nil && p.get("Version") == metricVersion {
		writeMetricFailure(w, e)
		return
	}
	writeFailure(w, e)
}
