package service

import (
	"context"
	"fmt"
	"net"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
	"github.com/lablet-cloud-manager/lcm/core/leader"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/blobs"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/delivery"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/settings"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/inbox"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/notify"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/samples"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/session"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/terms"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/mongo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/sqlite"
)

// kinds lists what is stored as aggregates.
func kinds(environment settings.Effective) []repo.Stored {
	return []repo.Stored{
		command.WorkerKind().Stored(),
		command.InstanceKind().Stored(),
		command.DefinitionKind().Stored(),
		command.TemplateKind().Stored(),
		command.SettingsKind(environment).Stored(),
		command.TaskKind().Stored(),
		command.LabRecordKind().Stored(),
	}
}

// Collections declares all that the service stores.
func Collections() []store.Collection {
	all := []store.Collection{repo.ClaimsCollection(), journal.Collection(), journal.CheckpointCollection(), inbox.Collection(), terms.Collection(), blobs.Collection(), session.Collection()}
	all = append(all, samples.Collection(), notify.Collection())
	all = append(all, delivery.Collections()...)
	for _, kind := range kinds(settings.Defaults()) {
		all = append(all, kind.Collection)
	}
	return all
}

// drivers lists the engines of this build.
func drivers() []store.Driver { return []store.Driver{mongo.Driver(), sqlite.Driver()} }

func (s *Service) engine(ctx context.Context, config Config, deps Deps) (store.Engine, error) {
	if deps.Engine != nil {
		return deps.Engine, nil
	}
	engine, err := store.Open(ctx, config.DatabaseURL.Reveal(), Collections(), drivers()...)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	s.onClose(func(context.Context) error { return engine.Close() })
	return engine, nil
}

func (s *Service) etcd(config Config, deps Deps) (leader.Store, error) {
	if deps.Etcd != nil {
		return deps.Etcd, nil
	}
	settings, err := config.Etcd.client()
	if err != nil {
		return nil, err
	}
	client, err := etcdkv.Dial(settings)
	if err != nil {
		return nil, fmt.Errorf("etcd: %w", err)
	}
	s.onClose(func(context.Context) error { return client.Close() })
	return client, nil
}

func (s *Service) listen(ctx context.Context, config Config) error {
	if s.listener != nil {
		return nil
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", config.address())
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	s.listener = listener
	// Closed by the server; closing it again does nothing but end a start that failed.
	s.onClose(func(context.Context) error {
		_ = listener.Close()
		return nil
	})
	return nil
}
