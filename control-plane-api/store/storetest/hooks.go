package storetest

import (
	"context"
	"sync/atomic"
)

// OnCall applies fault to the nth call (from 1) of op, in any collection, and lets all others pass.
func OnCall(op Op, nth int64, fault Fault) Hook {
	var seen atomic.Int64
	return func(_ context.Context, call Call) Fault {
		if call.Op == op && seen.Add(1) == nth {
			return fault
		}
		return Fault{}
	}
}

// Always applies fault to every call of the ops, or to every call when none is given.
func Always(fault Fault, ops ...Op) Hook {
	return func(_ context.Context, call Call) Fault {
		for _, op := range ops {
			if call.Op == op {
				return fault
			}
		}
		if len(ops) == 0 {
			return fault
		}
		return Fault{}
	}
}
