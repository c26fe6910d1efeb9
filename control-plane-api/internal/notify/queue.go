package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/delivery"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Name is the collection of the queue.
const Name = "owner_notifications"

const (
	// fieldTarget is the definition that news are of, fieldOrder the order in which they are sent.
	fieldTarget, fieldOrder = "target", "sequence"
	// kept is how long what was sent is remembered, so that a change that the relay brings twice is sent once.
	kept = 24 * time.Hour
	// targetsAtOnce bounds how many targets are looked up in one go, sweepPage what is removed in one, sweepPages how
	// often one sweep does so.
	targetsAtOnce, sweepPage, sweepPages = 200, 500, 100
)

// Collection declares the queue.
func Collection() store.Collection {
	return store.Collection{Name: Name, Fields: []string{fieldTarget, fieldOrder}}
}

// Engine is the part of the store that a queue uses.
type Engine interface {
	delivery.Engine
	Mark(ctx context.Context, collection, id string, version, journaled, projected int64, dirty bool) error
	DeleteMany(ctx context.Context, collection string, q store.Query, limit int) (int, error)
}

// queue keeps news until they are sent. Dirty says that they still wait.
type queue struct {
	engine Engine
	now    func() time.Time
	// last is the target after which the next look begins, so that no target is always looked at last.
	last string
}

// item is the stored form.
type item struct {
	Kind    readmodel.Kind  `json:"kind"`
	ID      string          `json:"id"`
	Version int64           `json:"version"`
	At      time.Time       `json:"at"`
	Events  []journal.Event `json:"events"`
}

// add puts news at the end of a target's queue; queued is false where they were there already.
func (q *queue) add(ctx context.Context, target string, e journal.Entry) (queued bool, err error) {
	state, err := json.Marshal(item{Kind: e.Kind, ID: e.ID, Version: e.Version, At: e.At, Events: e.Events})
	if err != nil {
		return false, fmt.Errorf("queue: %w", err)
	}
	now := q.now().UTC()
	expires := now.Add(giveUp + kept)
	err = q.engine.Insert(ctx, Name, store.Document{
		ID: journal.EntryID(e.Kind, e.ID, e.Version), Schema: 1, Version: 1, State: state, Dirty: true, CreatedAt: now, UpdatedAt: now,
		ExpiresAt: &expires,
		Index:     map[string]string{fieldTarget: target, fieldOrder: store.FormatTime(e.At) + fmt.Sprintf("/%019d", e.Version)},
	})
	if errors.Is(err, store.ErrExists) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("queue: %w", err)
	}
	return true, nil
}

// waiting gives targets that news wait for, each once, and goes on behind them the next time: it steps from target to
// target, so that a long queue of one does not hide the others.
func (q *queue) waiting(ctx context.Context) ([]string, error) {
	dirty := true
	var names []string
	for len(names) < targetsAtOnce {
		look := store.Query{Dirty: &dirty, Sort: fieldTarget, Limit: 1, Bare: true}
		if q.last != "" {
			// The least text that is above every text that is not.
			look.From = map[string]string{fieldTarget: q.last + "\x01"}
		}
		found, err := q.engine.Find(ctx, Name, look)
		if err != nil {
			q.last = ""
			return nil, fmt.Errorf("queue: %w", err)
		}
		if len(found) == 0 {
			q.last = ""
			break
		}
		q.last = found[0].Index[fieldTarget]
		names = append(names, q.last)
	}
	return names, nil
}

// of is the part of the queue that one target's delivery sees.
func (q *queue) of(target string) delivery.Queue { return part{q, target} }

type part struct {
	*queue
	target string
}

// Waiting implements delivery.Queue: a target's news are one sequence.
func (p part) Waiting(context.Context, int) ([]string, error) { return []string{p.target}, nil }

// Undelivered implements delivery.Queue.
func (p part) Undelivered(ctx context.Context, target string, limit int) ([]journal.Entry, error) {
	dirty := true
	found, err := p.engine.Find(ctx, Name, store.Query{
		Equal: map[string][]string{fieldTarget: {target}}, Dirty: &dirty, Sort: fieldOrder, Limit: limit, Bare: true,
	})
	if err != nil {
		return nil, fmt.Errorf("queue: %w", err)
	}
	entries := make([]journal.Entry, 0, len(found))
	for _, d := range found {
		var i item
		if err := json.Unmarshal(d.State, &i); err != nil {
			return nil, fmt.Errorf("queue %s: %w", d.ID, err)
		}
		entries = append(entries, journal.Entry{Kind: i.Kind, ID: i.ID, Change: journal.Change{Version: i.Version, At: i.At, Events: i.Events}})
	}
	return entries, nil
}

// Delivered implements delivery.Queue.
func (q *queue) Delivered(ctx context.Context, e journal.Entry) error {
	err := q.engine.Mark(ctx, Name, journal.EntryID(e.Kind, e.ID, e.Version), 1, 0, 0, false)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("queue: %w", err)
	}
	return nil
}

// drop takes all that waits for a target out of the queue, some at a time, and says how much was taken now.
func (q *queue) drop(ctx context.Context, target string) (int, error) {
	entries, err := q.of(target).Undelivered(ctx, target, sweepPage)
	if err != nil {
		return 0, err
	}
	for n, e := range entries {
		if err := q.Delivered(ctx, e); err != nil {
			return n, err
		}
	}
	return len(entries), nil
}

// Sweep removes what was sent long ago, and what owners did not take a month ago.
func (n *Notify) Sweep(ctx context.Context) error {
	now, sent := n.config.Now().UTC(), false
	if err := n.remove(ctx, Name, store.Query{Dirty: &sent, ExpiredBefore: &now}); err != nil {
		return err
	}
	return n.remove(ctx, delivery.DeadLetters, store.Query{ExpiredBefore: &now})
}

// remove deletes what matches, a page at a time; what it leaves the next sweep finds.
func (n *Notify) remove(ctx context.Context, collection string, q store.Query) error {
	for range sweepPages {
		removed, err := n.engine.DeleteMany(ctx, collection, q, sweepPage)
		if err != nil {
			return fmt.Errorf("sweep %s: %w", collection, err)
		}
		if removed < sweepPage {
			return nil
		}
	}
	return nil
}
