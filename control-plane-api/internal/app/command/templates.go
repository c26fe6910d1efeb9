package command

import (
	"strconv"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/aggregate"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/settings"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/template"
)

// TemplateKind says how worker templates are stored and projected.
func TemplateKind() repo.Kind[template.Template] {
	return repo.Kind[template.Template]{
		Name: readmodel.KindTemplate, Collection: "worker_templates", Label: "template", Schema: 1,
		Root: func(t *template.Template) *aggregate.Root { return &t.Root },
		Index: func(t *template.Template) (string, map[string]string) {
			return t.Name, map[string]string{"name": t.Name, "enabled": strconv.FormatBool(t.Enabled), "deleted": strconv.FormatBool(t.Deleted)}
		},
		Fields: []string{"name", "enabled", "deleted"},
		Model:  func(t *template.Template, m repo.Meta) any { return t.Model(m.Version, m.Generation) },
	}
}

// SettingsKind says how the settings are stored and projected: what is projected is what holds, the environment's values
// included.
func SettingsKind(environment settings.Effective) repo.Kind[settings.Settings] {
	return repo.Kind[settings.Settings]{
		Name: readmodel.KindSettings, Collection: "system_settings", Label: "settings", Schema: 1,
		Root:  func(s *settings.Settings) *aggregate.Root { return &s.Root },
		Index: func(*settings.Settings) (string, map[string]string) { return "", nil },
		Model: func(s *settings.Settings, m repo.Meta) any {
			return s.Over(environment).Model(s.ID, m.Version, m.Generation)
		},
	}
}
