package measure

import (
	"flag"
	"strings"
	"time"
)

// Register declares the flags that fill the options in.
func (o *Options) Register(flags *flag.FlagSet) {
	flags.StringVar(&o.JSON, "out", "bench.json", "file for the figures")
	flags.StringVar(&o.Page, "page", "benchmarks.md", "file for the page")
	flags.Func("only", "figures to take, such as P5,P7; all when empty", func(text string) error {
		o.Only = strings.FieldsFunc(text, func(r rune) bool { return r == ',' })
		return nil
	})
	flags.IntVar(&o.Runs, "runs", 3, "how often each figure is taken")
	flags.IntVar(&o.Bookings, "bookings", 200, "bookings in a run")
	flags.Float64Var(&o.PerSecond, "rate", 20, "bookings a second")
	flags.IntVar(&o.Burst, "burst", 1000, "bookings at once")
	flags.IntVar(&o.Stored, "stored", 10_000, "instances in the store")
	flags.Float64Var(&o.Requests, "requests", 200, "mixed requests a second")
	flags.DurationVar(&o.Lasting, "lasting", 10*time.Second, "how long a rate is held")
	flags.IntVar(&o.Failovers, "failovers", 20, "leaders that are lost, of each kind; 0 leaves it out")
	flags.IntVar(&o.Keys, "keys", 10_000, "keys of the reconcile loop; 0 leaves it out")
	flags.StringVar(&o.GoBench, "gobench", "1s", "how long each Go benchmark runs; empty leaves them out")
}
