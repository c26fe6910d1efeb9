package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Open begins a session and gives the id that the browser keeps. It is given this once.
func (s *Sessions) Open(ctx context.Context, subject string, tokens Tokens) (secret.String, Session, error) {
	id, err := newID()
	if err != nil {
		return secret.String{}, Session{}, err
	}
	first := state{Subject: subject, Write: uuid.NewString()}
	if err := s.seal(&first, tokens); err != nil {
		return secret.String{}, Session{}, err
	}
	content, err := json.Marshal(first)
	if err != nil {
		return secret.String{}, Session{}, fmt.Errorf("session: %w", err)
	}
	now := s.config.Now()
	ends := now.Add(s.config.Lasts)
	d := store.Document{ID: keyOf(id), Schema: 1, Version: 1, State: content, CreatedAt: now, UpdatedAt: now, ExpiresAt: &ends}
	// A repeat after a lost answer meets its own document: nobody else can have drawn the same id.
	for range writeTries {
		err = s.config.Engine.Insert(ctx, Name, d)
		if err == nil || errors.Is(err, store.ErrExists) {
			return id, Session{Subject: subject, Tokens: tokens, Ends: ends}, nil
		}
		if !errors.Is(err, store.ErrUnknown) {
			break
		}
	}
	return secret.String{}, Session{}, storeDown(err)
}

// Get reads a session as it is, without asking the provider. failure.Unauthenticated when there is none.
func (s *Sessions) Get(ctx context.Context, id secret.String) (Session, error) {
	k, err := s.read(ctx, id)
	if err != nil {
		return Session{}, err
	}
	return k.session(), nil
}

// Fresh reads a session and renews its tokens when the access token is about to end. While the provider is down a token that
// is still valid goes on working.
func (s *Sessions) Fresh(ctx context.Context, id secret.String) (Session, error) {
	k, err := s.read(ctx, id)
	if err != nil {
		return Session{}, err
	}
	now := s.config.Now()
	valid := now.Before(k.state.Expires)
	switch {
	case !s.due(k, now):
		return k.session(), nil
	case valid && (k.tokens.Refresh.IsZero() || now.Before(k.state.Claimed) || now.Before(k.state.NotBefore)):
		return k.session(), nil
	case k.tokens.Refresh.IsZero():
		return Session{}, ended()
	case now.Before(k.state.NotBefore):
		return Session{}, notRenewed()
	}
	renewed, err := s.renew(ctx, k)
	if err != nil && valid {
		return k.session(), nil
	}
	if failure.CodeOf(err) == CodeNoRefreshToken {
		return Session{}, ended()
	}
	return shown(renewed, err)
}

// Renew trades the refresh token now. failure.Invalid "no_refresh_token" when there is none.
func (s *Sessions) Renew(ctx context.Context, id secret.String) (Session, error) {
	k, err := s.read(ctx, id)
	if err != nil {
		return Session{}, err
	}
	renewed, err := s.renew(ctx, k)
	return shown(renewed, err)
}

// Extend gives a session its full length again. The tokens are renewed for it: so the provider agrees that the person is still
// signed in there.
func (s *Sessions) Extend(ctx context.Context, id secret.String) (Session, error) {
	if _, err := s.Renew(ctx, id); err != nil {
		return Session{}, err
	}
	k, err := s.change(ctx, keyOf(id), func(k *kept) error {
		ends := s.config.Now().Add(s.config.Lasts)
		k.document.ExpiresAt = &ends
		return nil
	})
	return shown(k, err)
}

// End ends a session and gives what it was; ending what has ended is failure.Unauthenticated.
func (s *Sessions) End(ctx context.Context, id secret.String) (Session, error) {
	var was *kept
	for range changeTries {
		k, err := s.read(ctx, id)
		if was != nil && failure.CodeOf(err) == CodeEnded {
			return was.session(), nil
		}
		if err != nil {
			return Session{}, err
		}
		err = s.config.Engine.Delete(ctx, Name, k.document.ID, k.document.Version)
		switch {
		case err == nil, errors.Is(err, store.ErrNotFound):
			return k.session(), nil
		case errors.Is(err, store.ErrUnknown):
			was = &k
		case !errors.Is(err, store.ErrStale):
			return Session{}, storeDown(err)
		}
	}
	return Session{}, storeDown(errMoved)
}

// sweepAtOnce is how many ended sessions one step of a sweep removes.
const sweepAtOnce = 500

// Sweep removes the sessions that have ended.
func (s *Sessions) Sweep(ctx context.Context) error {
	for ctx.Err() == nil {
		now := s.config.Now()
		removed, err := s.config.Engine.DeleteMany(ctx, Name, store.Query{ExpiredBefore: &now}, sweepAtOnce)
		if err != nil {
			return storeDown(err)
		}
		if removed < sweepAtOnce {
			return nil
		}
	}
	return ctx.Err()
}
