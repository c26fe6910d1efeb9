package docs

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/config"

	controlplane "github.com/lablet-cloud-manager/lcm/control-plane-api/service"
	lablet "github.com/lablet-cloud-manager/lcm/lablet-controller/service"
	scheduler "github.com/lablet-cloud-manager/lcm/resource-scheduler/service"
	worker "github.com/lablet-cloud-manager/lcm/worker-controller/service"
)

const configurationHead = `# Configuration

Printed from the settings of the four services by a test; ` + "`make docs`" + ` prints it anew.

Settings are environment variables. An empty one counts as not set. Durations are written as ` + "`90s`, `10m`" + ` or a bare number of
seconds. A secret may instead be in a file whose path is in ` + "`NAME_FILE`" + `. Each program prints this list with ` + "`--help`" + `, and reads its
settings and says what is wrong with them, all at once, with ` + "`--check-config`" + `. There are no default keys or passwords.
`

// services gives the settings of each service in the order in which they are told of.
func services() []struct {
	name     string
	settings []config.Setting
} {
	return []struct {
		name     string
		settings []config.Setting
	}{
		{controlplane.Name, config.Describe[controlplane.Config]()},
		{scheduler.Name, config.Describe[scheduler.Config]()},
		{worker.Name, config.Describe[worker.Config]()},
		{lablet.Name, config.Describe[lablet.Config]()},
	}
}

func TestConfigurationDocument(t *testing.T) {
	var b strings.Builder
	b.WriteString(configurationHead)
	for _, s := range services() {
		fmt.Fprintf(&b, "\n## %s\n\n", s.name)
		require.NoError(t, config.WriteMarkdown(&b, s.settings))
	}
	document(t, "configuration.md", b.String())
}

func TestEverySettingIsExplained(t *testing.T) {
	for _, s := range services() {
		names := map[string]bool{}
		for _, setting := range s.settings {
			require.NotEmpty(t, setting.Description, "%s: %s", s.name, setting.Name)
			require.False(t, names[setting.Name], "%s: %s is there twice", s.name, setting.Name)
			names[setting.Name] = true
			if setting.Secret {
				require.Empty(t, setting.Default, "%s: %s is a secret with a default", s.name, setting.Name)
			}
		}
	}
}
