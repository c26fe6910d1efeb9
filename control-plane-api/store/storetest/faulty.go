package storetest

import (
	"context"
	"sync"
	"time"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Op names a method of store.Engine.
type Op string

// The methods that a Hook sees.
const (
	Insert     Op = "insert"
	Get        Op = "get"
	GetUnique  Op = "get_unique"
	Replace    Op = "replace"
	Mark       Op = "mark"
	Delete     Op = "delete"
	DeleteMany Op = "delete_many"
	Find       Op = "find"
	Count      Op = "count"
	GetMeta    Op = "meta"
	RenewEpoch Op = "renew_epoch"
	Ping       Op = "ping"
)

// Call is one call of the engine. ID is empty where no single document is meant; Document is set for Insert and Replace.
type Call struct {
	Op         Op
	Collection string
	ID         string
	Document   store.Document
}

// Writes says whether the call may change the store.
func (c Call) Writes() bool {
	switch c.Op {
	case Insert, Replace, Mark, Delete, DeleteMany, RenewEpoch:
		return true
	default:
		return false
	}
}

// Fault is what happens to one call. The zero Fault lets it pass.
type Fault struct {
	// Delay passes before anything else; the context's end cuts it short and is returned.
	Delay time.Duration
	// Fail is returned instead of calling the engine.
	Fail error
	// Then runs after the engine has answered and before the caller sees it, for example to let another writer in.
	Then func()
	// Lose replaces the engine's answer: the call has its effect, the caller gets this error.
	Lose error
}

// Hook decides about one call. It may block, which holds the call back. It runs on the caller's goroutine and must be safe for concurrent use.
type Hook func(ctx context.Context, call Call) Fault

// FaultyEngine is an engine whose calls pass a Hook first.
type FaultyEngine struct {
	engine store.Engine

	mu   sync.Mutex
	hook Hook
}

var _ store.Engine = (*FaultyEngine)(nil)

// Faulty wraps engine. A nil hook lets every call pass.
func Faulty(engine store.Engine, hook Hook) *FaultyEngine {
	return &FaultyEngine{engine: engine, hook: hook}
}

// SetHook changes the hook for the calls to come.
func (f *FaultyEngine) SetHook(hook Hook) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hook = hook
}

// pass applies the hook around one call.
func (f *FaultyEngine) pass(ctx context.Context, call Call, do func() error) error {
	f.mu.Lock()
	hook := f.hook
	f.mu.Unlock()
	var fault Fault
	if hook != nil {
		fault = hook(ctx, call)
	}
	if fault.Delay > 0 {
		timer := time.NewTimer(fault.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if fault.Fail != nil {
		return fault.Fail
	}
	err := do()
	if fault.Then != nil {
		fault.Then()
	}
	if fault.Lose != nil {
		return fault.Lose
	}
	return err
}
