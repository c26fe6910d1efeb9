package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// Main runs a program until it is done or the process is asked to stop (SIGINT, SIGTERM), and gives the exit code: 0 when
// all went well or it was asked to stop, what the error's ExitCode method says when it has one, else 1. A second signal
// ends the process at once.
func Main(ctx context.Context, name string, program func(ctx context.Context) error) int {
	return mainTo(ctx, os.Stderr, name, program)
}

func mainTo(ctx context.Context, stderr io.Writer, name string, program func(ctx context.Context) error) int {
	ctx, restore := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer restore()
	// With the first signal the default handling returns, so that the second one kills.
	defer context.AfterFunc(ctx, restore)()
	err := protect(ctx, program)
	if err == nil || (ctx.Err() != nil && errors.Is(err, context.Canceled)) {
		return 0
	}
	_, _ = fmt.Fprintf(stderr, "%s: %v\n", name, err)
	var coded interface{ ExitCode() int }
	if errors.As(err, &coded) {
		return coded.ExitCode()
	}
	return 1
}
