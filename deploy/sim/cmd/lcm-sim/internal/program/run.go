package program

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/world"
)

// Run runs the simulators until ctx ends. It writes their addresses to stdout
// once they listen, and the log to stderr. flag.ErrHelp: the help was shown.
func Run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	o, err := parse(args, getenv, stderr)
	if err != nil {
		return err
	}
	level := slog.LevelInfo
	if o.verbose {
		level = slog.LevelDebug
	}
	cfg := o.config()
	cfg.Log = slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level}))
	w, err := world.New(cfg)
	if err != nil {
		return err
	}
	if err := w.Listen(); err != nil {
		return err
	}
	if err := announce(stdout, w.Addresses()); err != nil {
		return err
	}
	return w.Run(ctx)
}

func announce(out io.Writer, at world.Addresses) error {
	_, err := fmt.Fprintf(out,
		"cml      https://%s\nec2      %s\nlds      %s\ngrading  %s\ns3       %s\noidc     %s (issuer %s)\nsink     %s\n",
		at.CML, at.EC2, at.LDS, at.Grading, at.S3, at.OIDC, at.Issuer, at.Sink)
	if err != nil {
		return fmt.Errorf("announce addresses: %w", err)
	}
	return nil
}
