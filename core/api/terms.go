package api

import "net/http"

// IssueTerm names a new leader. The API answers a term only if Key is the oldest key of the service's election in etcd.
type IssueTerm struct {
	Body IssueTermBody
}

// IssueTermBody names the caller's election key.
type IssueTermBody struct {
	Service        string `json:"service" minLength:"1" maxLength:"64" doc:"Service of the election; must be the API key's."`
	Key            string `json:"key" minLength:"1" maxLength:"256" doc:"The caller's election key."`
	CreateRevision int64  `json:"create_revision" minimum:"1" doc:"Create revision of that key."`
}

// IssuedTerm is the new term.
type IssuedTerm struct {
	Service string `json:"service"`
	Term    int64  `json:"term"`
}

// RouteIssueTerm may be called by any replica: it is what makes one the leader.
var RouteIssueTerm = Route[IssueTerm, IssuedTerm]{Info{
	ID: "issue-term", Method: http.MethodPost, Path: "/api/internal/terms", Tag: "Internal", Audience: Internal,
	Summary: "Issue a term to the leader of a service", Codes: []string{"not_leader", "etcd_unavailable", "term_contention", "other_service"},
}}

func termRoutes() []Described { return []Described{RouteIssueTerm} }
