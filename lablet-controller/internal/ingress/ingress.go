// Package ingress takes events of outside systems that are configured to send them here, and hands them on to the API as they
// came. The API checks who sent them and stores them; this service knows neither token nor secret and keeps nothing.
package ingress

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// API is where events are handed on to.
type API interface {
	ForwardEvent(ctx context.Context, req api.ForwardEvent) (api.Forwarded, error)
}

const (
	// maxEvent is the largest event in bytes.
	maxEvent = 1 << 20
	// forwardTime bounds the call to the API with all its repeats.
	forwardTime = 15 * time.Second
	// retryAfter is when a sender may try again, in seconds.
	retryAfter = 5
	// ratePerMinute is what senders are told that they may send.
	ratePerMinute = 6000
)

// Handler answers POST with an event, and OPTIONS, by which senders ask whether they may send.
type Handler struct {
	api API
	log *slog.Logger
}

// New makes the handler.
func New(to API, log *slog.Logger) *Handler { return &Handler{api: to, log: log} }

// ServeHTTP implements http.Handler. 202 when the API has stored the event; what the API refuses is refused alike; 503 with
// Retry-After when it does not answer.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if r.Method == http.MethodOptions {
		allow(w, r)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxEvent))
	if err != nil {
		h.refuse(w, r, unread(err))
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), forwardTime)
	defer cancel()
	answer, err := h.api.ForwardEvent(ctx, api.ForwardEvent{Body: api.ForwardEventBody{Headers: headers(r.Header), Content: body}})
	if err == nil && !answer.Stored {
		err = failure.New(failure.Unavailable, "event_not_stored", "The event was not stored; send it again.")
	}
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

// allow answers the question whether a sender may send, as the HTTP webhooks of CloudEvents have it.
func allow(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Allow", "OPTIONS, POST")
	if origin := r.Header.Get("WebHook-Request-Origin"); origin != "" {
		w.Header().Set("WebHook-Allowed-Origin", origin)
		w.Header().Set("WebHook-Allowed-Rate", strconv.Itoa(ratePerMinute))
	}
	w.WriteHeader(http.StatusNoContent)
}

// headers picks what says what the event is and who sent it; nothing else leaves.
func headers(all http.Header) (picked []api.EventHeader) {
	for name, values := range all {
		if len(values) == 0 || !carried(name) {
			continue
		}
		picked = append(picked, api.EventHeader{Name: name, Value: values[0]})
	}
	return picked
}

func carried(name string) bool {
	name = strings.ToLower(name)
	switch name {
	case "content-type", "authorization", "webhook-id", "webhook-timestamp", "webhook-signature":
		return true
	default:
		return strings.HasPrefix(name, "ce-")
	}
}

func unread(err error) error {
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return failure.New(failure.TooLarge, "event_too_large", "An event may have %d bytes.", maxEvent)
	}
	return failure.Wrap(err, failure.Malformed, "bad_event", "The event could not be read.")
}

// refuse passes a refusal of the API on. That the API does not know this service is not the sender's fault.
func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, err error) {
	status, code, detail := http.StatusServiceUnavailable, "event_not_stored", "The event could not be stored; send it again."
	switch failure.CodeOf(err) {
	case "event_unauthenticated":
		status = http.StatusUnauthorized
		w.Header().Set("WWW-Authenticate", `Bearer realm="lcm"`)
	case "event_too_large":
		status = http.StatusRequestEntityTooLarge
	case "media_type":
		status = http.StatusUnsupportedMediaType
	case "bad_event", "event_too_old":
		status = http.StatusUnprocessableEntity
	}
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", strconv.Itoa(retryAfter))
		h.log.WarnContext(r.Context(), "event not handed on", "error", err)
	} else {
		code = failure.CodeOf(err)
		if known, ok := errors.AsType[*failure.Error](err); ok {
			detail = known.Message
		}
	}
	w.Header().Set("Content-Type", api.ProblemType)
	w.WriteHeader(status)
	// The status is out; a sender that went away is no one's failure.
	_ = json.NewEncoder(w).Encode(api.Problem{
		Type: api.ProblemURI(code), Title: http.StatusText(status), Status: status, Code: code, Detail: detail, Instance: r.URL.Path,
	})
}
