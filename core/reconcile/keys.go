package reconcile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// KeyPhase says where a key stands in its queue.
type KeyPhase string

const (
	// KeyWorking runs now.
	KeyWorking KeyPhase = "working"
	// KeyQueued is ready and waits for a worker.
	KeyQueued KeyPhase = "queued"
	// KeyBackingOff failed and waits for its next try.
	KeyBackingOff KeyPhase = "backing_off"
	// KeyDelayed waits for its time.
	KeyDelayed KeyPhase = "delayed"
	// KeyFailed failed for good: only a change wakes it.
	KeyFailed KeyPhase = "failed"
)

// KeyState is what the queue knows of one key. A key with nothing to do is not known.
type KeyState struct {
	Key   string   `json:"key"`
	Phase KeyPhase `json:"state"`
	// Urgent tells that a person waits for it.
	Urgent bool `json:"urgent,omitempty"`
	// Since is when it began to be worked or to wait for a worker.
	Since *time.Time `json:"since,omitempty"`
	// Attempts is how many runs have failed in a row, LastError what the last of them was told in words for people.
	Attempts  int    `json:"attempts"`
	LastError string `json:"last_error,omitempty"`
	// NextTry is when the key is due; absent when it is now, or not at all.
	NextTry *time.Time `json:"next_try,omitempty"`
}

// KeyStates lists what is not at rest: what failed first, then by key. most bounds the list; total tells how many there are.
func (c *Controller[K]) KeyStates(most int) (states []KeyState, total int) {
	c.queue.mu.Lock()
	states = make([]KeyState, 0, len(c.queue.entries))
	for _, e := range c.queue.entries {
		if !e.resting() {
			states = append(states, e.state())
		}
	}
	c.queue.mu.Unlock()
	slices.SortFunc(states, func(a, b KeyState) int {
		return cmp.Or(cmp.Compare(b.Attempts, a.Attempts), cmp.Compare(a.Key, b.Key))
	})
	return states[:min(len(states), most)], len(states)
}

// KeyState tells of one key, by its text; known is false when it is at rest.
func (c *Controller[K]) KeyState(key string) (state KeyState, known bool) {
	c.queue.mu.Lock()
	defer c.queue.mu.Unlock()
	for k, e := range c.queue.entries {
		if fmt.Sprint(k) == key && !e.resting() {
			return e.state(), true
		}
	}
	return KeyState{}, false
}

func (e *entry[K]) state() KeyState {
	s := KeyState{Key: fmt.Sprint(e.key), Phase: e.phase(), Urgent: e.urgent, Attempts: e.failures}
	if e.err != nil {
		s.LastError = failure.CodeOf(e.err) + ": " + Sentence(e.err)
	}
	if e.working || e.lane != nil {
		since := e.since.UTC()
		s.Since = &since
	} else if due := e.due().UTC(); !due.IsZero() {
		s.NextTry = &due
	}
	return s
}

func (e *entry[K]) phase() KeyPhase {
	switch {
	case e.working:
		return KeyWorking
	case e.lane != nil:
		return KeyQueued
	case e.failures > 0 && !e.due().IsZero():
		return KeyBackingOff
	case e.terminal:
		return KeyFailed
	default:
		return KeyDelayed
	}
}

// Sentence is what people may be told of an error: the words of a failure, which hold nothing of its inside.
func Sentence(err error) string {
	if f, ok := errors.AsType[*failure.Error](err); ok {
		return f.Message
	}
	switch _, panicked := errors.AsType[*PanicError](err); {
	case panicked:
		return "A defect of this service (panic); its log tells more."
	case errors.Is(err, errReconcileTimeout), errors.Is(err, context.DeadlineExceeded):
		return "It took too long."
	default:
		return "Something inside LCM failed; the log tells more."
	}
}

// Trigger makes keys run at once: the one of a text, before all others, or all that there are when it is empty. It tells how
// many that are; 0 means that no key has this text.
func (c *Controller[K]) Trigger(key string) (keys int) {
	all := c.known()
	if key == "" {
		for k := range all {
			c.Enqueue(k)
		}
		return len(all)
	}
	for k := range all {
		if fmt.Sprint(k) == key {
			c.EnqueueFirst(k)
			return 1
		}
	}
	return 0
}

// known are the keys that Options.Keys lists and those that are not at rest.
func (c *Controller[K]) known() map[K]struct{} {
	all := map[K]struct{}{}
	if c.options.Keys != nil {
		for _, k := range c.options.Keys() {
			all[k] = struct{}{}
		}
	}
	c.queue.mu.Lock()
	defer c.queue.mu.Unlock()
	for k := range c.queue.entries {
		all[k] = struct{}{}
	}
	return all
}
