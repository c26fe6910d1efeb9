// Package api is the HTTP contract of control-plane-api: its routes, bodies, headers and error codes. The router, the
// client, the test stub and the OpenAPI document are all made from it.
//
// A request type names its parts by tags: `path`, `query` and `header` fields, and a field Body. The validation tags are
// plain strings here; only the server knows the library that reads them.
package api

import (
	"net/http"
	"strings"
)

// Role is a role of a person's token.
type Role string

// The roles.
const (
	Admin     Role = "admin"
	Manager   Role = "manager"
	User      Role = "user"
	LabAuthor Role = "lab-author"
	LCMAdmin  Role = "lcm-admin"
)

// Audience says who may call a route.
type Audience string

const (
	// Public routes take a person's token, or the cookie of a browser's session, and check Roles.
	Public Audience = "public"
	// Internal routes take a service's API key; NeedsTerm says whether a leader's term must come along.
	Internal Audience = "internal"
	// Open routes take anyone: they sign people in and out.
	Open Audience = "open"
	// Browser routes take a browser's session only, and with it X-CSRF-Token.
	Browser Audience = "browser"
	// Inbound routes take events from outside systems, by bearer or signature.
	Inbound Audience = "inbound"
)

// The headers of the contract.
const (
	HeaderAPIKey         = "X-API-Key"
	HeaderService        = "X-LCM-Service"
	HeaderTerm           = "X-LCM-Term"
	HeaderWritten        = "X-LCM-Written"
	HeaderIdempotencyKey = "Idempotency-Key"
	HeaderTotalCount     = "X-Total-Count"
)

// Info is what a route says of itself.
type Info struct {
	// ID is the operation's name, such as "create-lablet-instance".
	ID      string
	Method  string
	Path    string
	Tag     string
	Summary string
	// Audience is who may call.
	Audience Audience
	// Roles may call a public route; none listed means any authenticated person.
	Roles []Role
	// Owner lets the owner of an instance call although none of Roles is theirs.
	Owner bool
	// NeedsTerm marks changing internal calls that only the leader of a service may make.
	NeedsTerm bool
	// Success is the status of success; 200 when zero.
	Success int
	// BodyLimit is in bytes; 1 MiB when zero.
	BodyLimit int64
	// Codes lists the error codes that callers may expect besides the general ones.
	Codes []string
}

// Status is the status of success.
func (i Info) Status() int {
	if i.Success == 0 {
		return http.StatusOK
	}
	return i.Success
}

// Callers says who may call a route, for documents: "the leader of a controller".
func (i Info) Callers() string {
	names := make([]string, 0, len(i.Roles))
	for _, role := range i.Roles {
		names = append(names, string(role))
	}
	roles := strings.Join(names, ", ")
	switch {
	case i.Audience == Internal && i.NeedsTerm:
		return "the leader of a controller"
	case i.Audience == Internal:
		return "controllers"
	case i.Audience == Inbound:
		return "systems that send events"
	case i.Audience == Open:
		return "everyone"
	case i.Audience == Browser:
		return "browsers that are signed in"
	case roles == "":
		return "everyone with a token"
	case i.Owner:
		return "the owner and the roles " + roles
	default:
		return "the roles " + roles
	}
}

// Route is a typed route: Req holds the parts of the request, Resp is the body of the answer.
type Route[Req, Resp any] struct{ Info }

// Describe gives the untyped half.
func (r Route[Req, Resp]) Describe() Info { return r.Info }

// Described is any route.
type Described interface{ Describe() Info }

// None is an empty request or answer.
type None struct{}

// notFound puts a code in front of others where a path names one thing: a list, or a request that makes something, finds nothing
// missing.
func notFound(code, path string, codes []string) []string {
	if !strings.Contains(path, "{id}") {
		return codes
	}
	return append([]string{code}, codes...)
}

// ID is a request that names one thing by its id.
type ID struct {
	ID string `path:"id" minLength:"1" maxLength:"128" doc:"Id of the thing."`
}
