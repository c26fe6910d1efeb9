package cli

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
)

// planeFlags are the flags that all commands which start a plane share.
type planeFlags struct {
	data  string
	split bool
	rate  float64
	none  bool
}

func (f *planeFlags) register(flags *flag.FlagSet, data string) {
	flags.StringVar(&f.data, "data", data, "folder that keeps everything")
	flags.BoolVar(&f.split, "split", false, "run each service as a process of its own")
	flags.Float64Var(&f.rate, "rate", 100, "how many times faster than real time the simulated world works")
	flags.BoolVar(&f.none, "no-enterprise", false, "have no enterprise licence")
}

func (f *planeFlags) options() (plane.Options, error) {
	dir, err := absolute(f.data)
	if err != nil {
		return plane.Options{}, err
	}
	o := plane.Fast(dir, slog.New(slog.DiscardHandler))
	o.Split, o.Rate, o.NoEnterprise = f.split, f.rate, f.none
	if o.Executable, err = os.Executable(); err != nil {
		return o, fmt.Errorf("own program: %w", err)
	}
	return o, nil
}

func runPlane(ctx context.Context, args []string, out io.Writer) error {
	var f planeFlags
	flags := flag.NewFlagSet("run", flag.ContinueOnError)
	f.register(flags, ".lcm")
	auto := flags.Bool("candidate", true, "have a simulated candidate take every exam")
	if proceed, err := parse(flags, args, out); !proceed {
		return err
	}
	o, err := f.options()
	if err != nil {
		return err
	}
	o.Candidate = plane.Candidate{Auto: *auto, LoginAfter: 5 * time.Second, Works: 20 * time.Second}
	p, err := plane.New(ctx, o)
	if err != nil {
		return err
	}
	announce(out, o, p.Endpoints())
	return p.Run(ctx)
}

func announce(out io.Writer, o plane.Options, at plane.Endpoints) {
	_, _ = fmt.Fprintf(out, `Lablet Cloud Manager is starting; data is kept in %s, the log in %s/lcm.log

  API        %s     (OpenAPI: %s/api/openapi.json)
  Sign in    %s/api/auth/login     with a browser
  Events     %s/_sim/events     what the sink got
  Identity   %s

A token (users: admin, manager, author, user):

  curl -s %s/_sim/token -d '{"username":"admin","roles":["admin"]}'

Stop with Ctrl-C.
`, o.Dir, o.Dir, at.API, at.API, at.API, at.Sink, at.Issuer, at.OIDC)
}
