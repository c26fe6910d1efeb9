package s3

import (
	"cmp"
	"encoding/xml"
	"net/http"
	"regexp"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// maxObject is the largest request body in bytes.
const maxObject = 256 << 20

var credential = regexp.MustCompile(`^AWS4-HMAC-SHA256 Credential=[^/,\s]+/\d{8}/[a-z0-9-]+/s3/aws4_request,`)

// signed refuses requests without a SigV4 Authorization header for S3.
func signed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !credential.MatchString(r.Header.Get("Authorization")) {
			writeError(w, http.StatusForbidden, "AccessDenied", "Access Denied")
			return
		}
		next.ServeHTTP(w, r)
	})
}

func limited(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength > maxObject {
			writeError(w, http.StatusBadRequest, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
			return
		}
		if r.Body == nil { // only when called without a server
			r.Body = http.NoBody
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxObject)
		next.ServeHTTP(w, r)
	})
}

type errorXML struct {
	XMLName xml.Name `xml:"Error"`
	Code    string   `xml:"Code"`
	Message string   `xml:"Message"`
}

func writeError(w http.ResponseWriter, status int, code, message string) {
	raw, err := xml.Marshal(errorXML{Code: code, Message: message})
	if err != nil {
		http.Error(w, "answer cannot be encoded", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = w.Write(append([]byte(xml.Header), raw...)) // the client may be gone: nothing to tell it
}

func renderFault(w http.ResponseWriter, _ *http.Request, rule kit.Rule) {
	writeError(w, rule.Status, cmp.Or(rule.Code, "InternalError"), "injected fault")
}
