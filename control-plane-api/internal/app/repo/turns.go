package repo

import (
	"context"
	"hash/maphash"
)

// turnstiles is how many documents can be queued for at once without sharing a queue.
const turnstiles = 64

// turns lets the writers of this process that have lost a race for a document try again one after another, so that many
// writers of one document do not make each other fail for ever. A first try does not queue.
type turns struct {
	seed  maphash.Seed
	gates [turnstiles]chan struct{}
}

func newTurns() *turns {
	t := &turns{seed: maphash.MakeSeed()}
	for i := range t.gates {
		t.gates[i] = make(chan struct{}, 1)
	}
	return t
}

// take waits for the turn at a document. done gives it back.
func (t *turns) take(ctx context.Context, id string) (done func(), err error) {
	gate := t.gates[maphash.String(t.seed, id)%turnstiles]
	select {
	case gate <- struct{}{}:
		return func() { <-gate }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
