// Package cli holds the commands of lcm-dev.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
)

const usage = `Usage: lcm-dev COMMAND [flags]

  run       start everything; it goes on until it is interrupted
  demo      book a lab and print its life, on a running system or on one of its own
  service   run one service as a child process (lcm-dev starts these itself)

lcm-dev COMMAND -h lists the flags.
`

// Run runs a command.
func Run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 {
		_, _ = io.WriteString(out, usage)
		return errors.New("no command given")
	}
	switch args[0] {
	case "run":
		return runPlane(ctx, args[1:], out)
	case "demo":
		return runDemo(ctx, args[1:], out)
	case "service":
		return runService(ctx, args[1:])
	case "-h", "-help", "--help", "help":
		_, _ = io.WriteString(out, usage)
		return nil
	default:
		return fmt.Errorf("no command is called %q; try help", args[0])
	}
}

// runService is a child process: its listener is inherited, its settings are in the environment.
func runService(ctx context.Context, args []string) error {
	if len(args) != 1 {
		return errors.New("usage: lcm-dev service NAME")
	}
	listener, err := plane.InheritedListener()
	if err != nil {
		return err
	}
	return plane.Serve(ctx, args[0], os.Environ(), listener, nil)
}

// parse reads a command's flags; asking for help is no failure.
func parse(flags *flag.FlagSet, args []string, out io.Writer) (proceed bool, err error) {
	flags.SetOutput(out)
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return false, nil
		}
		return false, err
	}
	if flags.NArg() > 0 {
		return false, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	return true, nil
}

func absolute(dir string) (string, error) {
	path, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("data folder: %w", err)
	}
	return path, nil
}
