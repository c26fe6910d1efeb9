package session

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// state is what the store holds of a session.
type state struct {
	Subject string `json:"subject"`
	// Sealed are the tokens.
	Sealed  []byte    `json:"sealed"`
	Issued  time.Time `json:"issued"`
	Expires time.Time `json:"expires"`
	// Renewals counts how often the tokens were renewed.
	Renewals int `json:"renewals"`
	// Claimed is until when a replica that trades the refresh token keeps the others off it.
	Claimed time.Time `json:"claimed"`
	// NotBefore puts off the next try after the provider did not answer.
	NotBefore time.Time `json:"not_before"`
	// Write is new with each write, so that one whose answer was lost is recognised.
	Write string `json:"write"`
}

// kept is a session as it was read.
type kept struct {
	document store.Document
	state    state
	tokens   Tokens
}

// sealed are the tokens in the clear, on their way into the seal.
type sealed struct {
	Access  string `json:"access"`
	Refresh string `json:"refresh"`
	ID      string `json:"id"`
}

func (k kept) session() Session {
	return Session{Subject: k.state.Subject, Tokens: k.tokens, Ends: *k.document.ExpiresAt}
}

// idLength is that of an id in characters: 32 bytes in hexadecimal.
const idLength = 64

func newID() (secret.String, error) {
	raw := make([]byte, idLength/2)
	if _, err := rand.Read(raw); err != nil {
		return secret.String{}, fmt.Errorf("session id: %w", err)
	}
	return secret.New(hex.EncodeToString(raw)), nil
}

// keyOf is the document's id: the hash of a session's.
func keyOf(id secret.String) string {
	sum := sha256.Sum256([]byte(id.Reveal()))
	return hex.EncodeToString(sum[:])
}

// read gives a session that has not ended.
func (s *Sessions) read(ctx context.Context, id secret.String) (kept, error) {
	if len(id.Reveal()) != idLength {
		return kept{}, ended()
	}
	return s.readKey(ctx, keyOf(id))
}

func (s *Sessions) readKey(ctx context.Context, key string) (kept, error) {
	d, err := s.config.Engine.Get(ctx, Name, key)
	if errors.Is(err, store.ErrNotFound) {
		return kept{}, ended()
	}
	if err != nil {
		return kept{}, storeDown(err)
	}
	if d.ExpiresAt == nil || !s.config.Now().Before(*d.ExpiresAt) {
		return kept{}, ended()
	}
	k := kept{document: d}
	if err := json.Unmarshal(d.State, &k.state); err != nil {
		return kept{}, fmt.Errorf("session: %w", err)
	}
	if k.tokens, err = s.open(k.state); err != nil {
		// Sealed under a key that was changed since: the person signs in again.
		return kept{}, ended()
	}
	return k, nil
}

func (s *Sessions) open(from state) (Tokens, error) {
	plain, err := s.config.Box.Open(from.Sealed)
	if err != nil {
		return Tokens{}, err
	}
	var t sealed
	if err := json.Unmarshal([]byte(plain.Reveal()), &t); err != nil {
		return Tokens{}, errors.New("session: sealed tokens have another form")
	}
	return Tokens{Access: secret.New(t.Access), Refresh: secret.New(t.Refresh), ID: secret.New(t.ID), Expires: from.Expires}, nil
}

// seal puts tokens into a state.
func (s *Sessions) seal(into *state, t Tokens) error {
	plain, err := json.Marshal(sealed{t.Access.Reveal(), t.Refresh.Reveal(), t.ID.Reveal()})
	if err != nil {
		return errors.New("session: tokens cannot be encoded")
	}
	if into.Sealed, err = s.config.Box.Seal(secret.New(string(plain))); err != nil {
		return fmt.Errorf("session: %w", err)
	}
	into.Issued, into.Expires = s.config.Now(), t.Expires
	return nil
}

func storeDown(err error) error {
	return failure.Wrap(err, failure.Unavailable, "store_unavailable", "The store does not answer.")
}
