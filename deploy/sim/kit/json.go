package kit

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// ErrTooLarge means that a body exceeds the limit of DecodeJSON.
var ErrTooLarge = errors.New("body too large")

// WriteJSON answers with v as JSON. A value that cannot be encoded is answered
// with status 500.
func WriteJSON(w http.ResponseWriter, status int, v any) {
	raw, err := json.Marshal(v)
	if err != nil {
		http.Error(w, "answer cannot be encoded", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(raw, '\n')) // the client may be gone: nothing to tell it
}

// DecodeJSON reads the body, at most limit bytes (else ErrTooLarge), as exactly
// one JSON value. Unknown fields are accepted.
func DecodeJSON(r *http.Request, limit int64, into any) error {
	raw, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err != nil {
		return fmt.Errorf("read body: %w", err)
	}
	if int64(len(raw)) > limit {
		return ErrTooLarge
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("decode body: %w", err)
	}
	return nil
}

// WriteError answers a failed control call as {"error": message}.
func WriteError(w http.ResponseWriter, status int, err error) {
	WriteJSON(w, status, map[string]string{"error": err.Error()})
}
