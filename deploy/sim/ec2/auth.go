package ec2

import (
	"net/http"
	"regexp"
	"slices"
)

// scope is the credential scope of a SigV4 Authorization header.
var scope = regexp.MustCompile(`^AWS4-HMAC-SHA256 Credential=[^/,\s]+/\d{8}/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request,`)

// signedRegion returns the region that a request is signed for. Any signature
// is accepted, a missing one or one for another service is not.
func (s *Server) signedRegion(r *http.Request, service string) (string, error) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return "", &apiError{http.StatusForbidden, "MissingAuthenticationToken", "Request is missing Authentication Token"}
	}
	m := scope.FindStringSubmatch(header)
	if m == nil {
		return "", &apiError{http.StatusForbidden, "IncompleteSignature", "Authorization header has no SigV4 credential scope"}
	}
	if m[2] != service || !slices.Contains(s.cfg.Regions, m[1]) {
		return "", &apiError{http.StatusUnauthorized, "AuthFailure", "Credential should be scoped to a valid region and to " + service}
	}
	return m[1], nil
}
