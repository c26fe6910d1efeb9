package service

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/terms"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// flagRestored is the argument that tells of a restored backup.
const flagRestored = "--restored"

// TakeRestored takes the argument --restored out of a command line.
func TakeRestored(args []string) (rest []string, restored bool) {
	rest = slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return arg == flagRestored })
	return rest, len(rest) < len(args)
}

// Restored gives the store a new epoch and new terms, and ends. An operator runs it once when a backup was restored, before any
// replica serves: what etcd still has of the time before then counts as older, and no leader of that time may write.
func Restored(ctx context.Context, config Config, out io.Writer) (err error) {
	engine, err := store.Open(ctx, config.DatabaseURL.Reveal(), Collections(), drivers()...)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	if err := terms.Leap(ctx, engine); err != nil {
		return err
	}
	meta, err := engine.RenewEpoch(ctx)
	if err != nil {
		return fmt.Errorf("new epoch: %w", err)
	}
	_, err = fmt.Fprintf(out, "the store's epoch is now %s\n", meta.Epoch)
	return err
}
