package api

import (
	"encoding/json"
	"net/http"
	"time"
)

// ListAudit filters the audit log.
type ListAudit struct {
	List
	Kind  string `query:"kind" enum:"workers,instances,definitions,templates,fleets,lab-records,settings,tasks" doc:"Kind of aggregate."`
	ID    string `query:"id" maxLength:"128" doc:"Id of the aggregate."`
	By    string `query:"by" maxLength:"256" doc:"Who did it: a person's subject or a service."`
	From  string `query:"from" format:"date-time" doc:"Not before this."`
	Until string `query:"until" format:"date-time" doc:"Before this."`
	Type  string `query:"type" maxLength:"128" doc:"With an event of this type, such as lablet_instance.ready.v1."`
}

// AuditEntry is one stored change: who changed what, when, why, and what it was before and after.
type AuditEntry struct {
	ID          string `json:"id" doc:"kind/aggregate/version"`
	Kind        string `json:"kind"`
	AggregateID string `json:"aggregate_id"`
	Version     int64  `json:"version"`
	// Result is always stored: what was refused changed nothing and is in the log of requests.
	Result    string    `json:"result" enum:"stored"`
	At        time.Time `json:"at"`
	By        string    `json:"by"`
	Roles     []Role    `json:"roles,omitempty"`
	Route     string    `json:"route,omitempty"`
	Reason    string    `json:"reason,omitempty"`
	Term      string    `json:"term,omitempty" doc:"Leader's term of a service's call: service/term."`
	RequestID string    `json:"request_id,omitempty"`
	SourceIP  string    `json:"source_ip,omitempty"`

	Events []AuditEvent `json:"events"`
	// Before and After hold the fields that differ; secrets are masked.
	Before map[string]json.RawMessage `json:"before,omitempty"`
	After  map[string]json.RawMessage `json:"after,omitempty"`
	// Hash is of the entry as it is stored; PrevHash is that of the entry before, empty in the first.
	Hash     string `json:"hash"`
	PrevHash string `json:"prev_hash"`
}

// AuditEvent is a domain event of a change.
type AuditEvent struct {
	Type string          `json:"type"`
	Data json.RawMessage `json:"data"`
}

// VerifyAudit names the aggregate whose chain of entries is checked.
type VerifyAudit struct {
	Kind string `query:"kind" required:"true" enum:"workers,instances,definitions,templates,fleets,lab-records,settings,tasks"`
	ID   string `query:"id" required:"true" minLength:"1" maxLength:"128"`
}

// AuditVerdict tells whether the entries of an aggregate are all there and unaltered.
type AuditVerdict struct {
	Intact bool `json:"intact"`
	// First and Last are the versions that were checked; entries before First have been removed by retention.
	First int64 `json:"first"`
	Last  int64 `json:"last"`
	// Problem names the first entry that is missing or altered.
	Problem string `json:"problem,omitempty"`
}

// The routes of the audit log.
var (
	RouteListAudit = Route[ListAudit, []AuditEntry]{Info{
		ID: "list-audit", Method: http.MethodGet, Path: "/api/audit", Tag: "Audit", Summary: "Search the audit log, newest first",
		Audience: Public, Roles: []Role{Admin},
	}}
	RouteVerifyAudit = Route[VerifyAudit, AuditVerdict]{Info{
		ID: "verify-audit", Method: http.MethodGet, Path: "/api/audit/verify", Tag: "Audit", Summary: "Check that an aggregate's entries are complete and unaltered",
		Audience: Public, Roles: []Role{Admin}, Codes: []string{"aggregate_not_found"},
	}}
)

func auditRoutes() []Described { return []Described{RouteListAudit, RouteVerifyAudit} }
