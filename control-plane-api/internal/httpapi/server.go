// Package httpapi is the HTTP edge of control-plane-api: it checks who calls, decodes strictly, calls one command or query
// and translates its result. It decides nothing about labs.
package httpapi

import (
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/query"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/login"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/session"
)

// Deps is what the edge needs.
type Deps struct {
	Commands           *command.Commands
	Queries            *query.Queries
	DefinitionCommands *command.Definitions
	DefinitionQueries  *query.Definitions
	TemplateQueries    *query.Templates
	Operations         Operations

	// Labs holds what the routes of labs and reports need.
	Labs Labs

	// Inbox takes events, Streams sends them, DeadLetters keeps those that nobody took; Audit reads the log of changes.
	Inbox       Inbox
	Streams     Streams
	DeadLetters DeadLetters
	Audit       *query.Audit

	Terms  TermIssuer
	Keys   *Keys
	Tokens Verifier
	Limits Limits
	// Login and Sessions sign people in with a browser; nil when that is not configured. Web is for browsers.
	Login    *login.Login
	Sessions *session.Sessions
	Web      Web
	Log      *slog.Logger
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	// Version is shown in the OpenAPI document.
	Version string
	// Timeout bounds every request; 30 s when zero.
	Timeout time.Duration
}

type server struct {
	Deps
	keys    *Keys
	tokens  Verifier
	limits  *budgets
	log     *slog.Logger
	now     func() time.Time
	huma    huma.API
	handled map[string]bool
	// headers documents those of every answer.
	headers map[string]*huma.Header
}

// New makes the handler of everything below /api. Every route of the contract must be handled, or New fails.
func New(deps Deps) (http.Handler, error) {
	limits, err := newBudgets(deps.Limits.PerSecond, deps.Limits.Burst)
	if err != nil {
		return nil, fmt.Errorf("rate limits: %w", err)
	}
	gate, err := newGate(deps.Limits, deps.Keys)
	if err != nil {
		return nil, fmt.Errorf("rate limits: %w", err)
	}
	if deps.Now == nil {
		deps.Now = time.Now
	}
	if deps.Timeout == 0 {
		deps.Timeout = 30 * time.Second
	}
	router := chi.NewRouter()
	router.Use(recovered(deps.Log), deps.Web.secured, deps.Web.cors, slashless, gate.middleware, bounded(deps.Timeout), plain)
	s := &server{Deps: deps, keys: deps.Keys, tokens: deps.Tokens, limits: limits, log: deps.Log, now: deps.Now, handled: map[string]bool{}, headers: replyHeaders()}
	s.huma = humachi.New(router, humaConfig(deps.Version))
	s.routes()
	s.mountDocument(router)
	mountDocs(router)
	router.NotFound(func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, r, problemOf(failure.New(failure.NotFound, "route_not_found", "There is nothing at this path.")))
	})
	router.MethodNotAllowed(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", allowed(router, r.URL))
		writeProblem(w, r, &problemError{Problem: document(http.StatusMethodNotAllowed, "method_not_allowed", "The path does not take this method.")})
	})
	for _, route := range api.Table() {
		if id := route.Describe().ID; !s.handled[id] {
			return nil, fmt.Errorf("route %s of the contract has no handler", id)
		}
	}
	return router, nil
}

func humaConfig(version string) huma.Config {
	config := huma.DefaultConfig("Lablet Cloud Manager", version)
	config.OpenAPIPath = ""
	config.DocsPath = ""
	config.SchemasPath = ""
	config.CreateHooks = nil
	config.Formats = jsonFormats()
	config.Transformers = []huma.Transformer{transform}
	config.Info.Description = "Books, places, runs and grades lablets. Errors are RFC 9457 problem documents with a stable code."
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer":           {Type: "http", Scheme: "bearer", BearerFormat: "JWT"},
		"session":          {Type: "apiKey", In: "cookie", Name: api.CookieSession},
		"inboundToken":     {Type: "http", Scheme: "bearer"},
		"inboundSignature": {Type: "apiKey", In: "header", Name: "Webhook-Signature"},
		"apiKey":           {Type: "apiKey", In: "header", Name: api.HeaderAPIKey},
	}
	return config
}

func (s *server) routes() {
	s.authRoutes()
	s.termRoutes()
	s.definitionRoutes()
	s.templateRoutes()
	s.workerRoutes()
	s.operationRoutes()
	s.instanceRoutes()
	s.instanceChangeRoutes()
	s.definitionChangeRoutes()
	s.labRecordRoutes()
	s.reportRoutes()
	s.eventRoutes()
	s.auditRoutes()
	describeErrors(s.huma.OpenAPI())
	describeCodes(s.huma.OpenAPI())
}
