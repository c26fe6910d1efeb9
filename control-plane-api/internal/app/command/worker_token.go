package command

import (
	"context"
	"fmt"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// LicenseToken answers the token of a pending registration, and notes that it left. A token of the licence file takes one
// of its seats first. Codes: no_pending_operation, no_seat. The answer must not be cached.
func (c *Commands) LicenseToken(ctx context.Context, id string) (api.LicenseToken, error) {
	ctx = call.AtGeneration(ctx, 0)
	w, _, err := c.d.Workers.Get(ctx, id)
	if err != nil {
		return api.LicenseToken{}, err
	}
	if w.License.PendingOperation != lifecycle.LicenseRegister {
		return api.LicenseToken{}, failure.New(failure.Conflict, "no_pending_operation", "no registration is pending")
	}
	token, err := c.tokenFor(ctx, w)
	if err != nil {
		return api.LicenseToken{}, err
	}
	if _, _, err := c.updateWorker(ctx, id, (*worker.Worker).FetchToken); err != nil {
		return api.LicenseToken{}, err
	}
	return api.LicenseToken{Token: token.Reveal()}, nil
}

func (c *Commands) tokenFor(ctx context.Context, w *worker.Worker) (secret.String, error) {
	if len(w.SealedToken) == 0 {
		return c.seatToken(ctx, w)
	}
	if c.d.Sealer == nil {
		return secret.String{}, failure.New(failure.Internal, "no_secret_key", "the token cannot be opened: no key is configured")
	}
	token, err := c.d.Sealer.Open(w.SealedToken)
	if err != nil {
		return secret.String{}, failure.Wrap(err, failure.Internal, "token_unreadable", "the token cannot be opened")
	}
	return token, nil
}

// seatToken takes a seat before it counts: whoever sees more takers than seats gives its own back, so that there are never
// more registrations than seats, however many take at once.
func (c *Commands) seatToken(ctx context.Context, w *worker.Worker) (secret.String, error) {
	if c.d.Licenses == nil {
		return secret.String{}, c.noSeat(ctx, w.ID, "no licences are configured")
	}
	entry, ok := c.d.Licenses.Entry(w.License.Name, w.License.Type)
	if !ok {
		return secret.String{}, c.noSeat(ctx, w.ID, "no licence is configured for the worker")
	}
	if _, _, err := c.updateWorker(unkeyed(ctx), w.ID, func(w *worker.Worker, act parts.Act) error {
		return w.TakeSeat(entry.Name, act)
	}); err != nil {
		return secret.String{}, err
	}
	taken, err := c.d.Workers.Count(ctx, store.Query{Equal: map[string][]string{FieldSeat: {entry.Name}}})
	if err != nil {
		return secret.String{}, err
	}
	if taken > entry.Seats {
		return secret.String{}, c.noSeat(ctx, w.ID, fmt.Sprintf("all %d seats of licence %s are taken", entry.Seats, entry.Name))
	}
	return entry.Token, nil
}

// noSeat makes the registration wait and answers why.
func (c *Commands) noSeat(ctx context.Context, id, message string) error {
	if _, _, err := c.updateWorker(unkeyed(ctx), id, func(w *worker.Worker, act parts.Act) error {
		return w.LoseSeat(message, act)
	}); err != nil {
		return err
	}
	return failure.New(failure.Conflict, "no_seat", "%s", message)
}
