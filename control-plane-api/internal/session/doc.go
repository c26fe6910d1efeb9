// Package session keeps the sessions of people who signed in with a browser. A session is a document of the store, so any
// replica serves it. The browser holds a random id of 256 bits; the store holds its hash, and the identity provider's tokens
// sealed. Who reads the store can neither take over a session nor use its tokens.
package session

import (
	"context"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Name is the collection of the sessions.
const Name = "sessions"

// Collection declares Name.
func Collection() store.Collection { return store.Collection{Name: Name} }

// Tokens are what the identity provider gave to a person.
type Tokens struct {
	// Access proves who calls; Refresh, which may be empty, is traded for new tokens once; ID names the sign-in to the provider.
	Access, Refresh, ID secret.String
	// Expires is the end of Access.
	Expires time.Time
}

// Session is one that lives.
type Session struct {
	// Subject is whose it is.
	Subject string
	Tokens  Tokens
	// Ends is when the person has to sign in again.
	Ends time.Time
}

// Renewer trades a refresh token for new tokens. failure.Unauthenticated when the provider refuses it, failure.Unavailable when
// the provider does not answer.
type Renewer interface {
	Renew(ctx context.Context, subject string, old Tokens) (Tokens, error)
}

// Sealer encrypts what the store must not show.
type Sealer interface {
	Seal(plain secret.String) ([]byte, error)
	Open(sealed []byte) (secret.String, error)
}

// Engine is the part of a store that sessions use.
type Engine interface {
	Insert(ctx context.Context, collection string, d store.Document) error
	Get(ctx context.Context, collection, id string) (store.Document, error)
	Replace(ctx context.Context, collection string, d store.Document, version int64) error
	Delete(ctx context.Context, collection, id string, version int64) error
	DeleteMany(ctx context.Context, collection string, q store.Query, limit int) (int, error)
}

// Config says how long sessions last and what they are kept with.
type Config struct {
	Engine  Engine
	Box     Sealer
	Renewer Renewer
	// Lasts is the length of a session, Leeway how long before its end an access token is renewed.
	Lasts, Leeway time.Duration
	Now           func() time.Time
}

// Sessions opens, reads, renews and ends sessions. It is safe for concurrent use, also by several replicas.
type Sessions struct {
	config Config
}

// New makes the register of sessions.
func New(config Config) *Sessions {
	if config.Now == nil {
		config.Now = time.Now
	}
	return &Sessions{config: config}
}

// Lasts is the length of a session.
func (s *Sessions) Lasts() time.Duration { return s.config.Lasts }

// The codes of what is refused.
const (
	CodeEnded          = "session_ended"
	CodeNoRefreshToken = "no_refresh_token"
)

func ended() error {
	return failure.New(failure.Unauthenticated, CodeEnded, "There is no such session, or it has ended: sign in again.")
}
