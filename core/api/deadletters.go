package api

import (
	"encoding/json"
	"net/http"
	"time"
)

// DeadLetter is an event that the sink, or the webhook of a definition's owner, does not take.
type DeadLetter struct {
	ID string `json:"id" doc:"The event's id: kind/aggregate/version/place, with notifications/ before it where it is for a definition's owner."`
	// Aggregate is the kind and id of what the event is about.
	Aggregate string `json:"aggregate"`
	// Status is what the sink answered, 0 when it gave no answer.
	Status      int       `json:"status"`
	LaidAsideAt time.Time `json:"laid_aside_at"`
	// DefinitionID is the definition whose owner's webhook it is for; without one it is for the operator's sink.
	DefinitionID string `json:"definition_id,omitempty"`
	// Reason is address_refused where the webhook is at an address that is not called, secret_unreadable where its secret does not
	// open under the API's key, so that nothing could be signed, definition_unreadable where the definition that names the webhook
	// cannot be read.
	Reason string          `json:"reason,omitempty"`
	Event  json.RawMessage `json:"event" doc:"The event in structured form."`
}

// ResendDeadLetters names the events to be sent again now.
type ResendDeadLetters struct {
	Body ResendDeadLettersBody
}

// ResendDeadLettersBody lists ids.
type ResendDeadLettersBody struct {
	IDs []string `json:"ids" minItems:"1" maxItems:"20" uniqueItems:"true"`
}

// ResendOutcome tells what became of one event.
type ResendOutcome struct {
	ID string `json:"id"`
	// Outcome is sent (and no dead letter any more), refused, not_answered, not_found, no_webhook (the owner whom it is for has
	// none any more) or not_tried: after a sink that does not answer the rest of its events is not tried.
	Outcome string `json:"outcome" enum:"sent,refused,not_answered,not_found,no_webhook,not_tried"`
	// Status is the sink's answer, where there was one.
	Status int `json:"status,omitempty"`
}

// ResendResult has an outcome for each id, in the order asked for.
type ResendResult struct {
	Outcomes []ResendOutcome `json:"outcomes"`
}

// The routes of dead letters.
var (
	RouteListDeadLetters = Route[List, []DeadLetter]{Info{
		ID: "list-dead-letters", Method: http.MethodGet, Path: "/api/events/dead-letters", Tag: tagEvents,
		Summary: "List events that the sink does not take", Audience: Public, Roles: []Role{Admin},
	}}
	RouteResendDeadLetters = Route[ResendDeadLetters, ResendResult]{Info{
		ID: "resend-dead-letters", Method: http.MethodPost, Path: "/api/events/dead-letters/resend", Tag: tagEvents,
		Summary: "Send laid aside events again", Audience: Public, Roles: []Role{Admin}, Codes: []string{"no_sink"},
	}}
)
