package reconcile

import (
	"log/slog"
	"math/rand/v2"
	"time"
)

// Options says how a Controller works. The zero value of each field has the meaning told there.
type Options[K comparable] struct {
	// Name is for logs and metrics.
	Name string
	// Workers is how many keys are worked at once; 0 means 10.
	Workers int
	// BackoffFirst and BackoffLast bound the wait after a failure, which doubles; 0 means 1 s and 60 s. A wait is shortened
	// at random by up to a fifth, so that what failed together does not return together.
	BackoffFirst, BackoffLast time.Duration
	// ReconcileTimeout bounds one run; 0 means 2 min.
	ReconcileTimeout time.Duration
	// Resync is how often all keys are nudged, give or take a tenth; 0 means never.
	Resync time.Duration
	// Keys lists all keys, for the start of Run and for Resync; nil means that there are none to list.
	Keys func() []K
	// Failures tells how often a key had failed in a row before Run, as far as its aggregate shows it; nil means never.
	Failures func(key K) int
	// OnOutcome is told of every run, after the key's next run was settled; it must not block. May be nil.
	OnOutcome func(Outcome[K])
	// Log may be nil. Keys and errors are logged.
	Log *slog.Logger
	// Metrics may be nil.
	Metrics *Metrics
}

// Outcome tells of one run.
type Outcome[K comparable] struct {
	Key    K
	Result Result
	// Err is what the run returned; a panic is a *PanicError.
	Err error
	// Attempts is how many runs have failed in a row, this one included.
	Attempts int
	// Next is when the key is due again; zero when it is not, or at once.
	Next     time.Time
	Duration time.Duration
}

// DefaultResync is how often a controller looks at everything.
const DefaultResync = 10 * time.Minute

func (o *Options[K]) complete() {
	if o.Workers <= 0 {
		o.Workers = 10
	}
	if o.BackoffFirst <= 0 {
		o.BackoffFirst = time.Second
	}
	if o.BackoffLast <= 0 {
		o.BackoffLast = time.Minute
	}
	if o.ReconcileTimeout <= 0 {
		o.ReconcileTimeout = 2 * time.Minute
	}
	if o.Failures == nil {
		o.Failures = func(K) int { return 0 }
	}
	if o.OnOutcome == nil {
		o.OnOutcome = func(Outcome[K]) {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Name != "" {
		o.Log = o.Log.With("controller", o.Name)
	}
}

// backoff is the wait after so many failures in a row.
func (o *Options[K]) backoff(failures int) time.Duration {
	wait := o.BackoffFirst
	for i := 1; i < failures && wait < o.BackoffLast; i++ {
		wait *= 2
	}
	wait = min(wait, o.BackoffLast)
	return wait - rand.N(wait/5+1)
}

// jittered is a period give or take a tenth.
func jittered(period time.Duration) time.Duration {
	return period - period/10 + rand.N(period/5+1)
}
