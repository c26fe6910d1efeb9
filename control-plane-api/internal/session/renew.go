package session

import (
	"context"
	"errors"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/secret"
)

const (
	// claimFor is how long one replica keeps the others off a refresh token; tradeTimeout, which is shorter, bounds its call of the
	// provider together with the writing of the answer.
	claimFor     = 30 * time.Second
	tradeTimeout = 20 * time.Second
	// quietFor is the pause after the provider did not answer.
	quietFor = 5 * time.Second
	// lookEvery is how often a replica that waits for another's result looks for it.
	lookEvery = 50 * time.Millisecond
	// renewTries bounds how often a lost race is run again.
	renewTries = 5
)

// due says whether an access token should be renewed: within the leeway of its end, but not in the first half of its life,
// since a token that lives shorter than the leeway would be renewed by every call.
func (s *Sessions) due(k kept, now time.Time) bool {
	leeway := min(s.config.Leeway, k.state.Expires.Sub(k.state.Issued)/2)
	return !now.Before(k.state.Expires.Add(-leeway))
}

// renew trades the refresh token for new tokens. A refresh token works once, so among all replicas the one that has written
// its claim trades, and the others wait for what it writes.
func (s *Sessions) renew(ctx context.Context, k kept) (kept, error) {
	for range renewTries {
		if k.tokens.Refresh.IsZero() {
			return k, withoutRefresh()
		}
		if s.config.Now().Before(k.state.Claimed) {
			return s.await(ctx, k)
		}
		claim := k
		claim.state.Claimed = s.config.Now().Add(claimFor)
		claim, err := s.replace(ctx, claim)
		if err == nil {
			return s.trade(ctx, claim)
		}
		if !errors.Is(err, errMoved) {
			return k, err
		}
		old := k.state.Renewals
		if k, err = s.readKey(ctx, k.document.ID); err != nil {
			return k, err
		}
		if k.state.Renewals > old {
			return k, nil
		}
	}
	return k, storeDown(errMoved)
}

// trade asks the provider and writes what it says. It goes on when the caller has gone away: the old refresh token is spent.
func (s *Sessions) trade(ctx context.Context, claim kept) (kept, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tradeTimeout)
	defer cancel()
	tokens, refused := s.config.Renewer.Renew(ctx, claim.state.Subject, claim.tokens)
	written, err := s.change(ctx, claim.document.ID, func(k *kept) error {
		k.state.Claimed = time.Time{}
		switch {
		case refused == nil:
			k.tokens = tokens
			k.state.Renewals++
			return s.seal(&k.state, tokens)
		case failure.Is(refused, failure.Unauthenticated):
			// Kept are its access token, while it lasts, and what signs out.
			k.tokens.Refresh = secret.String{}
			issued := k.state.Issued
			err := s.seal(&k.state, k.tokens)
			k.state.Issued = issued
			return err
		default:
			k.state.NotBefore = s.config.Now().Add(quietFor)
			return nil
		}
	})
	if refused != nil {
		return claim, errors.Join(refused, err)
	}
	return written, err
}

// await waits until the replica that has the claim has written its result.
func (s *Sessions) await(ctx context.Context, seen kept) (kept, error) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		k, err := s.readKey(ctx, seen.document.ID)
		switch {
		case err != nil:
			return k, err
		case k.state.Renewals > seen.state.Renewals:
			return k, nil
		case k.tokens.Refresh.IsZero():
			return k, withoutRefresh()
		case !s.config.Now().Before(k.state.Claimed):
			return k, notRenewed()
		}
		select {
		case <-ctx.Done():
			return k, storeDown(ctx.Err())
		case <-ticker.C:
		}
	}
}

func shown(k kept, err error) (Session, error) {
	if err != nil {
		return Session{}, err
	}
	return k.session(), nil
}

func withoutRefresh() error {
	return failure.New(failure.Invalid, CodeNoRefreshToken, "The session has no refresh token: sign in again.")
}

func notRenewed() error {
	return failure.New(failure.Unavailable, "identity_unavailable", "The identity provider did not renew the session.")
}
