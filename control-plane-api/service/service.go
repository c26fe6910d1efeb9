// Package service puts control-plane-api together and runs it.
package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/leader"
	"github.com/lablet-cloud-manager/lcm/core/observe"
	"github.com/lablet-cloud-manager/lcm/core/run"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// Version is what /info and the OpenAPI document show.
const Version = "1.0.0"

// Deps are parts that a caller may bring along; all are optional, and what is brought along is not closed here.
type Deps struct {
	// Listener is where to serve; nil listens as the configuration says.
	Listener net.Listener
	// Etcd is the bus and the place of elections; nil dials as the configuration says.
	Etcd leader.Store
	// Engine is the store, with all of Collections; nil opens DATABASE_URL.
	Engine store.Engine
	// HTTP fetches the keys of tokens and delivers events.
	HTTP *http.Client
	// Now is the clock, Log the logger.
	Now func() time.Time
	Log *slog.Logger
}

// Service is control-plane-api, ready to run.
type Service struct {
	log      *slog.Logger
	listener net.Listener
	group    *run.Group
	// closers are called last first, when all parts have stopped.
	closers []func(context.Context) error
}

// closeTimeout bounds the end of the store, of etcd's client and of tracing.
const closeTimeout = 5 * time.Second

// New connects to the store and builds the service. etcd may be away: the service then starts degraded. Run, or Close, lets go
// of what New opened.
func New(ctx context.Context, config Config, deps Deps) (*Service, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	if deps.Now == nil {
		deps.Now = time.Now
	}
	if deps.Log == nil {
		level, err := observe.ParseLevel(config.LogLevel)
		if err != nil {
			return nil, fmt.Errorf("LOG_LEVEL: %w", err)
		}
		deps.Log = observe.NewLogger(os.Stdout, level, Name)
	}
	s := &Service{log: deps.Log, listener: deps.Listener, group: &run.Group{Log: deps.Log}}
	if err := s.build(ctx, config, deps); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Addr is where the service listens.
func (s *Service) Addr() net.Addr { return s.listener.Addr() }

// Run serves until ctx ends or a part fails, and then stops all in reverse order.
func (s *Service) Run(ctx context.Context) error {
	return errors.Join(s.group.Run(ctx), s.Close())
}

// Close lets go of what New opened. Run calls it.
func (s *Service) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	var errs []error
	for i := len(s.closers) - 1; i >= 0; i-- {
		errs = append(errs, s.closers[i](ctx))
	}
	s.closers = nil
	return errors.Join(errs...)
}

func (s *Service) onClose(do func(context.Context) error) { s.closers = append(s.closers, do) }
