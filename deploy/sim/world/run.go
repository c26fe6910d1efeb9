package world

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	headerTimeout = 10 * time.Second
	idleTimeout   = 2 * time.Minute
	stopPatience  = time.Second // then calls in progress are cut
)

// Run serves until ctx ends, listening first when Listen was not called. It
// stops within two seconds, cutting what is still in progress then, and returns
// nil unless serving failed.
func (w *World) Run(ctx context.Context) error {
	if err := w.Listen(); err != nil {
		return err
	}
	w.mu.Lock()
	doors := w.doors
	w.mu.Unlock()
	group, ctx := errgroup.WithContext(ctx)
	for name, d := range doors {
		server := w.server(name)
		group.Go(func() error {
			err := serve(server, d)
			if errors.Is(err, http.ErrServerClosed) {
				return nil
			}
			return fmt.Errorf("world: serve %s: %w", name, err)
		})
		group.Go(func() error {
			<-ctx.Done()
			return stop(server)
		})
	}
	group.Go(func() error { return w.lds.Run(ctx) })
	group.Go(func() error { return w.grading.Run(ctx) })
	return group.Wait()
}

func (w *World) server(name string) *http.Server {
	server := &http.Server{
		Handler:           w.Handler(name),
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		ErrorLog:          slog.NewLogLogger(w.log.With("sim", name).Handler(), slog.LevelDebug),
	}
	if name == CML {
		server.TLSConfig = w.cml.TLSConfig()
	}
	return server
}

func serve(server *http.Server, d *door) error {
	if server.TLSConfig == nil {
		return server.Serve(d.listener)
	}
	return server.Serve(tls.NewListener(d.listener, server.TLSConfig))
}

func stop(server *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), stopPatience)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("world: stop: %w", err)
	}
	if err := server.Close(); err != nil { // nothing left unless a call would not end
		return fmt.Errorf("world: stop: %w", err)
	}
	return nil
}
