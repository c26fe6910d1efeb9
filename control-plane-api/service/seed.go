package service

import (
	"context"
	"os"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/seed"
)

// seed makes what the folder of seeds describes and is not there yet. It runs beside the service: nothing waits for it. A bad
// file is told and left out.
func (p *parts) seed(ctx context.Context) error {
	system := seed.Settings{Repo: p.repos.settings, Now: p.now}
	return p.retrySeed(ctx, func(ctx context.Context) error {
		done, err := seed.Run(ctx, os.DirFS(p.config.SeedPath),
			system,
			seed.Templates{Repo: p.repos.templates, Now: p.now},
			seed.Definitions{Commands: p.commands.definitions},
		)
		if err != nil {
			return err
		}
		for _, problem := range done.Errors {
			p.log.Error("seed file left out", "problem", problem)
		}
		p.log.Info("seeded", "made", done.Seeded, "there_already", done.Skipped, "left_out", len(done.Errors))
		return system.Default(ctx)
	})
}
