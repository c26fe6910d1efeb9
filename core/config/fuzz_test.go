package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/config"
	"github.com/lablet-cloud-manager/lcm/core/secret"
)

// fuzzed has a field of each type that settings have.
type fuzzed struct {
	Number int           `env:"NUMBER" envDefault:"7" desc:"n"`
	Ratio  float64       `env:"RATIO" envDefault:"0.5" desc:"r"`
	On     bool          `env:"ON" envDefault:"true" desc:"o"`
	Pause  time.Duration `env:"PAUSE" envDefault:"90" desc:"p"`
	Names  []string      `env:"NAMES" desc:"ns"`
	Key    secret.String `env:"KEY" desc:"k"`
}

// FuzzLoad reads any environment: what is not set is the default, what cannot be read is told by name, and no error shows a
// secret.
func FuzzLoad(f *testing.F) {
	for _, seed := range []string{"1", "-1", "", "x", "1e9", "NaN", "true", "10m", "1h30m", "9223372036854775807", "0x10", "a,b", "\x00", "=", " 1 "} {
		f.Add(seed, seed, seed, seed, "hunter2-"+seed)
	}
	f.Fuzz(func(t *testing.T, number, ratio, on, pause, key string) {
		if strings.Contains(key, "=") || len(key) < 8 {
			key = "hunter2-hunter2"
		}
		settings, err := config.Load[fuzzed]([]string{"NUMBER=" + number, "RATIO=" + ratio, "ON=" + on, "PAUSE=" + pause, "KEY=" + key, "OTHER=1", "nothing"})
		if err == nil {
			require.Equal(t, key, settings.Key.Reveal())
			for value, holds := range map[string]bool{number: settings.Number == 7, pause: settings.Pause == 90*time.Second} {
				require.True(t, value != "" || holds, "what is empty is not set")
			}
			return
		}
		var told *config.Error
		require.ErrorAs(t, err, &told)
		require.NotEmpty(t, told.Problems)
		require.Equal(t, 2, told.ExitCode())
		if !strings.Contains(number+ratio+on+pause, key) {
			require.NotContains(t, err.Error(), key)
		}
	})
}
