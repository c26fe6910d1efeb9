package httpapi

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// room holds the calls that are worked on. When it is full, as many again wait in line, first come first served, for as long
// as a caller who was turned away would have stayed away; the others are turned away at once. A nil room has no bound.
type room struct {
	places   chan struct{}
	patience time.Duration
	waiting  atomic.Int64
}

func newRoom(places int, patience time.Duration) *room {
	if places <= 0 {
		return nil
	}
	return &room{places: make(chan struct{}, places), patience: patience}
}

// enter takes a place; who got one must leave.
func (r *room) enter(ctx context.Context) error {
	if r == nil {
		return nil
	}
	select {
	case r.places <- struct{}{}:
		return nil
	default:
	}
	defer r.waiting.Add(-1)
	if r.waiting.Add(1) > int64(cap(r.places)) || r.patience <= 0 {
		return r.full()
	}
	timer := time.NewTimer(r.patience)
	defer timer.Stop()
	select {
	case r.places <- struct{}{}:
		return nil
	case <-timer.C:
	case <-ctx.Done():
	}
	return r.full()
}

func (r *room) leave() {
	if r != nil {
		<-r.places
	}
}

func (r *room) full() error {
	return failure.New(failure.Unavailable, "overloaded", "The API is busy with %d other calls.", cap(r.places))
}
