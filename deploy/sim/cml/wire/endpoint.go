package wire

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// Reply is what a handler answers.
type Reply struct {
	Status int
	// Body is sent as JSON.
	Body any
	// Raw is sent as it is with the Type instead.
	Raw  []byte
	Type string
}

// OK answers 200 with a JSON body.
func OK(body any) Reply { return Reply{Status: http.StatusOK, Body: body} }

// NoContent answers 204.
func NoContent() Reply { return Reply{Status: http.StatusNoContent} }

// Handler serves one call on the state T, which it has for itself meanwhile.
type Handler[T any] func(state T, r *http.Request) (Reply, error)

// Session is exclusive use of a state.
type Session[T any] struct {
	State T
	// Close ends the use. It first saves what changed and returns why that failed.
	Close func() error
}

// Opener begins a session for a call.
type Opener[T any] func(r *http.Request) (Session[T], error)

// Endpoint makes an http.HandlerFunc of a handler. The answer is encoded while
// the state is held and sent after the change is saved.
func Endpoint[T any](open Opener[T], handle Handler[T]) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		reply, err := call(open, handle, r)
		if err != nil {
			WriteError(w, r, err)
			return
		}
		send(w, reply)
	}
}

// call returns a reply whose content is in Raw.
func call[T any](open Opener[T], handle Handler[T], r *http.Request) (Reply, error) {
	session, err := open(r)
	if err != nil {
		return Reply{}, err
	}
	reply, err := handle(session.State, r)
	if err == nil {
		reply, err = encode(reply)
	}
	// Close even after a failure: the handler may have changed state before it.
	if closed := session.Close(); closed != nil {
		return Reply{}, fmt.Errorf("save state: %w", closed)
	}
	return reply, err
}

func encode(reply Reply) (Reply, error) {
	if reply.Status == http.StatusNoContent || reply.Status == http.StatusAccepted || reply.Raw != nil {
		return reply, nil
	}
	raw, err := json.Marshal(reply.Body)
	if err != nil {
		return Reply{}, fmt.Errorf("encode answer: %w", err)
	}
	reply.Raw, reply.Type = raw, "application/json"
	return reply, nil
}

func send(w http.ResponseWriter, reply Reply) {
	if reply.Type != "" {
		w.Header().Set("Content-Type", reply.Type)
	}
	w.WriteHeader(reply.Status)
	_, _ = w.Write(reply.Raw) // the client may be gone: nothing to tell it
}
