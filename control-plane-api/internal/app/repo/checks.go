package repo

import (
	"context"
	"slices"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// checkIssued compares the caller's term with the counter in the store. A term above the counter was issued by another
// history of the data, before a restore, and is refused as well: its holder asks for a new one.
func (r *Repo[T]) checkIssued(ctx context.Context, c call.Call) error {
	if c.Term == nil {
		return nil
	}
	if r.deps.Terms == nil {
		return failure.New(failure.Internal, "terms_not_wired", "terms cannot be checked here")
	}
	current, err := r.deps.Terms.Current(ctx, c.Term.Service)
	if err != nil {
		return unavailable(err)
	}
	if c.Term.Term != current {
		return staleTerm(*c.Term, current)
	}
	return nil
}

// checkSeen compares the caller's term with the highest that the document has seen, since a newer leader may have written
// after the counter was read.
func checkSeen(c call.Call, d store.Document) error {
	if c.Term == nil {
		return nil
	}
	for _, seen := range d.Terms {
		if seen.Service == c.Term.Service && seen.Term > c.Term.Term {
			return staleTerm(*c.Term, seen.Term)
		}
	}
	return nil
}

func staleTerm(given api.Term, current int64) error {
	return failure.New(failure.StaleTerm, CodeStaleTerm, "term %s is not the current one (%d)", given, current)
}

func withTerm(terms []store.Term, given *api.Term) []store.Term {
	if given == nil {
		return terms
	}
	terms = slices.Clone(terms)
	for i := range terms {
		if terms[i].Service == given.Service {
			terms[i].Term = max(terms[i].Term, given.Term)
			return terms
		}
	}
	return append(terms, store.Term{Service: given.Service, Term: given.Term})
}

func checkGeneration(c call.Call, d store.Document) error {
	if !c.Takes(d.Version) {
		return failure.New(failure.Precondition, CodeVersionChanged, "it is at version %d now, which is not what the change was decided on: look again", d.Version)
	}
	if c.Generation == 0 || c.Generation == d.Generation {
		return nil
	}
	return failure.New(failure.Precondition, CodeGenerationChanged,
		"decided on generation %d, it is %d now: look again", c.Generation, d.Generation)
}

// idempotencyOf is nil when the call brings no key.
func idempotencyOf(c call.Call) *journal.Idempotency {
	if c.Key == "" {
		return nil
	}
	return &journal.Idempotency{Caller: c.Actor, Route: c.Route, Key: c.Key, BodyHash: c.BodyHash}
}

// repeated looks for the caller's key in the changes of the document, then in the journal.
func (r *Repo[T]) repeated(ctx context.Context, key *journal.Idempotency, d store.Document) (bool, error) {
	if key == nil {
		return false, nil
	}
	same := func(c journal.Change) bool { return c.Idempotency != nil && c.Idempotency.Same(*key) }
	switch change, found, err := newest(d, key.Key, same); {
	case err != nil:
		return false, err
	case found:
		return r.judgeRepeat(*key, change)
	}
	if len(d.Changes) > 0 && firstVersion(d) == 1 {
		return false, nil // all that ever happened has been looked through
	}
	entry, found, err := r.journal.Repeat(ctx, r.kind.Name, d.ID, *key)
	if err != nil {
		return false, unavailable(err)
	}
	if !found {
		return false, nil
	}
	return r.judgeRepeat(*key, entry.Change)
}

func (r *Repo[T]) judgeRepeat(key journal.Idempotency, change journal.Change) (bool, error) {
	if r.now().Sub(change.At) > journal.IdempotencyFor {
		return false, nil
	}
	if change.Idempotency.BodyHash != key.BodyHash {
		return false, reused()
	}
	return true, nil
}

func reused() error {
	return failure.New(failure.Reused, CodeKeyReused, "this idempotency key came with another body before")
}
