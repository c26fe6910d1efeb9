package journal

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// Change is what one version of an aggregate tells: who changed it, why, and what. It is stored with the aggregate in the
// same write and copied to the journal, byte for byte.
type Change struct {
	Version int64 `json:"version"`
	// WriteID is the writer's own: it finds a write whose answer was lost.
	WriteID     string       `json:"write_id"`
	Idempotency *Idempotency `json:"idempotency,omitempty"`
	By          string       `json:"by"`
	Roles       []api.Role   `json:"roles,omitempty"`
	Route       string       `json:"route,omitempty"`
	Reason      string       `json:"reason,omitempty"`
	Term        *api.Term    `json:"term,omitempty"`
	RequestID   string       `json:"request_id,omitempty"`
	SourceIP    string       `json:"source_ip,omitempty"`
	At          time.Time    `json:"at"`
	Events      []Event      `json:"events,omitempty"`
	// Before and After hold the top-level fields of the state that differ. Of a long list only the elements that differ
	// are kept; a redacted field shows "***".
	Before map[string]json.RawMessage `json:"before,omitempty"`
	After  map[string]json.RawMessage `json:"after,omitempty"`
	// PrevHash is the Hash of the change before; empty in the first.
	PrevHash string `json:"prev_hash"`
}

// Event is a domain event of a change: its name without prefix, and its data.
type Event struct {
	Type string          `json:"type"`
	Data json.RawMessage `json:"data"`
}

// Idempotency recognises the repeat of a request.
type Idempotency struct {
	Caller   string `json:"caller"`
	Route    string `json:"route"`
	Key      string `json:"key"`
	BodyHash string `json:"body_hash"`
}

// Same reports whether both stand for the same request, whatever its body.
func (i Idempotency) Same(other Idempotency) bool {
	return i.Caller == other.Caller && i.Route == other.Route && i.Key == other.Key
}

// Digest is what the journal is indexed by; the key itself may be of any length.
func (i Idempotency) Digest() string {
	text, err := json.Marshal([]string{i.Caller, i.Route, i.Key})
	if err != nil { // strings always encode
		return ""
	}
	return Hash(text)
}

// IdempotencyFor is how long a repeat is recognised.
const IdempotencyFor = 24 * time.Hour

// Decode reads a stored change.
func Decode(raw json.RawMessage) (Change, error) {
	var c Change
	if err := json.Unmarshal(raw, &c); err != nil {
		return Change{}, fmt.Errorf("change: %w", err)
	}
	return c, nil
}

// Hash is the SHA-256 in hex of the stored bytes of a change. The next change carries it, so that none can be altered or
// left out unnoticed.
func Hash(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}
