package measure

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/demo"
	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
)

// patience bounds what is waited for.
const patience = 5 * time.Minute

// optionsOf are a plane's on a folder and a store.
func optionsOf(dir, store string) plane.Options {
	o := plane.Fast(filepath.Join(dir, "data"), slog.New(slog.DiscardHandler))
	o.Candidate.Auto, o.Rate, o.Store = false, 1000, store
	return o
}

// inFolder gives a folder that is gone afterwards.
func inFolder(do func(dir string) ([]reading, error)) ([]reading, error) {
	dir, err := os.MkdirTemp("", "lcm-bench-")
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	return do(dir)
}

// during runs a plane while do works with it.
func during(ctx context.Context, o plane.Options, do func(ctx context.Context, at plane.Endpoints) error) error {
	p, err := plane.New(ctx, o)
	if err != nil {
		return err
	}
	serving, stop := context.WithTimeout(ctx, patience)
	defer stop()
	stopped := make(chan error, 1)
	go func() {
		defer stop() // a system that could not start ends the measurement
		stopped <- p.Run(serving)
	}()
	err = do(serving, p.Endpoints())
	stop()
	return errors.Join(err, <-stopped)
}

// ready waits until every service of a plane says that it can work.
func ready(ctx context.Context, at plane.Endpoints) error {
	for service, address := range at.Services {
		err := until(ctx, func() bool {
			request, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/ready", nil)
			if err != nil {
				return false
			}
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				return false
			}
			_ = response.Body.Close()
			return response.StatusCode == http.StatusOK
		})
		if err != nil {
			return fmt.Errorf("%s is not ready: %w", service, err)
		}
	}
	return nil
}

// look is how often something is looked at that is waited for.
const look = 10 * time.Millisecond

func until(ctx context.Context, holds func() bool) error {
	for !holds() {
		select {
		case <-time.After(look):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// define makes the definition that is booked.
func define(ctx context.Context, p demo.People) (string, error) {
	d, err := p.Author.CreateDefinition(ctx, api.CreateDefinition{Body: api.CreateDefinitionBody{
		Name: "bench", Version: "1.0.0", TopologyYAML: demo.Sample(), GradingEnabled: new(bool), CollectionEnabled: new(bool),
	}})
	return d.ID, err
}
