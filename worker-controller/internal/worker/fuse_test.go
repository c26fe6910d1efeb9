package worker

import (
	"context"
	"slices"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// fuse stands between the reconciler and everything outside: it counts and names the calls, fails them on demand, and can
// end the process at one of them.
type fuse struct {
	names []string
	// at is the call (from 1) at which something happens, 0 for none.
	at int
	// after lets the call take effect before it fails; kill makes every further call fail until the process is restarted.
	after, kill bool
	dead        bool
	// errs are answered, oldest first, by the calls of a name in place of an effect.
	errs map[string][]error
}

func errFault() error { return failure.New(failure.Unavailable, "fault", "The answer was lost.") }

func (f *fuse) call(name string, effect func() error) error {
	if f.dead {
		return errFault()
	}
	f.names = append(f.names, name)
	if len(f.names) == f.at {
		f.dead = f.kill
		if f.after {
			_ = effect() // the answer is lost, whatever it was
		}
		return errFault()
	}
	if waiting := f.errs[name]; len(waiting) > 0 {
		f.errs[name] = waiting[1:]
		if waiting[0] != nil {
			return waiting[0]
		}
	}
	return effect()
}

func (f *fuse) fail(name string, errs ...error) {
	if f.errs == nil {
		f.errs = map[string][]error{}
	}
	f.errs[name] = append(f.errs[name], errs...)
}

func (f *fuse) count(name string) int {
	return len(slices.DeleteFunc(slices.Clone(f.names), func(n string) bool { return n != name }))
}

// through calls with a result.
func through[T any](f *fuse, name string, effect func() (T, error)) (T, error) {
	var result, none T
	err := f.call(name, func() (err error) {
		result, err = effect()
		return err
	})
	if err != nil {
		return none, err
	}
	return result, nil
}

type ctxt = context.Context
