package leader

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

const (
	firstRetry = 100 * time.Millisecond
	lastRetry  = 5 * time.Second
	// termTries is after how many refused terms a candidate lets another one try: it may be this replica alone that cannot
	// reach control-plane-api.
	termTries = 3
)

var errWorkStuck = errors.New("the leader's work did not stop in time")

// Run campaigns until ctx ends; then it resigns and returns nil. While this replica leads, lead runs with its term; lead's
// context is cancelled when the leadership is lost, resigned, or ctx ends, and lead must then return soon. lead is never
// run twice at once. When it returns by itself the leadership is given up and sought again. An error means that lead did
// not return within the grace after it was cancelled; the process should end, since that work cannot be stopped otherwise.
func (e *Elector) Run(ctx context.Context, lead func(ctx context.Context, term int64) error) error {
	watching, stop := context.WithCancel(context.WithoutCancel(ctx))
	mirrored := make(chan error, 1)
	go func() { mirrored <- e.mirror.Run(watching) }()
	defer func() {
		stop()
		<-mirrored //nolint:errcheck // it ends with ctx, and its error is that
	}()
	wait := firstRetry
	for ctx.Err() == nil {
		begun := time.Now()
		err := e.campaign(ctx, lead)
		if errors.Is(err, errWorkStuck) {
			return fmt.Errorf("election %s: %w", e.config.Service, err)
		}
		if ctx.Err() != nil {
			break
		}
		if time.Since(begun) > lastRetry {
			wait = firstRetry
		}
		e.config.Log.Warn("campaign ended, trying again", "error", err, "wait", wait)
		sleep(ctx, wait/2+rand.N(wait/2+1))
		wait = min(2*wait, lastRetry)
	}
	return nil
}

// campaign runs one session: queue, wait, lead, give up.
func (e *Elector) campaign(ctx context.Context, lead func(context.Context, int64) error) error {
	s, err := open(ctx, e.config, e.prefix)
	if err != nil {
		return err
	}
	defer s.close()
	c := &candidacy{session: s}
	c.ctx, c.cancel = context.WithCancelCause(s.ctx)
	defer c.cancel(nil)
	defer context.AfterFunc(ctx, func() { c.cancel(context.Cause(ctx)) })()
	e.enter(c)
	defer e.enter(nil)

	if err := e.awaitTurn(c.ctx, s); err != nil {
		return err
	}
	term, err := e.issueTerm(c.ctx, s)
	if err != nil {
		return err
	}
	e.config.Log.Info("leading", "term", term)
	e.setTerm(c, term)
	defer e.config.Log.Info("no longer leading", "term", term)
	return e.act(c, term, lead)
}

// awaitTurn returns when the session's key is the oldest. A mirror that shows the key has come to the revision at which it
// was put, and so shows every older key that is still there.
func (e *Elector) awaitTurn(ctx context.Context, s *session) error {
	for {
		// Read before the key: a mirror that had come further and does not show the key tells that it is gone.
		come := e.mirror.Revision()
		switch mine, found := e.mirror.Get(s.key); {
		case found && mine.CreateRevision == s.created:
			if oldest, _ := e.oldest(); oldest.Key == s.key {
				return nil
			}
		case come > s.created && e.mirror.Check() == nil:
			return errLost
		}
		select {
		case <-e.moved:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// issueTerm asks for a term a few times.
func (e *Elector) issueTerm(ctx context.Context, s *session) (term int64, err error) {
	wait := firstRetry
	for range termTries {
		call, cancel := context.WithTimeout(ctx, e.config.TTL)
		term, err = e.config.IssueTerm(call, s.key, s.created)
		cancel()
		if err == nil && term <= 0 {
			err = failure.New(failure.Internal, "term_invalid", "control-plane-api issued term %d", term)
		}
		if ctx.Err() != nil {
			return 0, context.Cause(ctx)
		}
		if err == nil {
			return term, nil
		}
		sleep(ctx, wait)
		wait *= 3
	}
	return 0, fmt.Errorf("no term: %w", err)
}

// act runs the work and watches over the key meanwhile. It returns when the work has stopped.
func (e *Elector) act(c *candidacy, term int64, lead func(context.Context, int64) error) error {
	done := make(chan error, 1)
	go func() { done <- protect(c.ctx, term, lead) }()
	for {
		select {
		case err := <-done:
			if err == nil {
				err = context.Cause(c.ctx)
			}
			return err
		case <-e.moved:
			if item, found := e.mirror.Get(c.session.key); !found || item.CreateRevision != c.session.created {
				c.session.stop(errLost)
			}
		case <-c.ctx.Done():
			// The lease is renewed meanwhile, unless it is what was lost: after a resignation no other replica begins before
			// the work here has stopped.
			return e.awaitStop(c.ctx, done)
		}
	}
}

func (e *Elector) awaitStop(ctx context.Context, done <-chan error) error {
	grace := time.NewTimer(e.config.StopGrace)
	defer grace.Stop()
	select {
	case <-done: //nolint:errcheck // the work's error is not ours: the leadership has ended
		return context.Cause(ctx)
	case <-grace.C:
		return errWorkStuck
	}
}

// protect turns a panic of the work into an error: the process stays up and campaigns again.
func protect(ctx context.Context, term int64, lead func(context.Context, int64) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic while leading: %v\n%s", p, debug.Stack())
		}
	}()
	return lead(ctx, term)
}

func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
