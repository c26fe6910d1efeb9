package config_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/config"
	"github.com/lablet-cloud-manager/lcm/core/secret"
)

type settings struct {
	Port     int           `env:"PORT" envDefault:"8020" desc:"Port to listen on."`
	Interval time.Duration `env:"RECONCILE_INTERVAL" envDefault:"10m" desc:"Resync."`
	Regions  []string      `env:"AWS_REGIONS" envDefault:"us-east-1,us-west-2" desc:"Regions."`
	Verify   bool          `env:"VERIFY_SSL" envDefault:"true" desc:"Check | verify."`
	Level    slog.Level    `env:"LEVEL" envDefault:"info"`
	Key      secret.String `env:"CONTROL_PLANE_API_KEY,required" desc:"Internal key."`
	Etcd     struct {
		Endpoints []string      `env:"ENDPOINTS" envDefault:"127.0.0.1:2379" desc:"etcd."`
		Password  secret.String `env:"PASSWORD"`
	} `envPrefix:"ETCD_"`
	Internal string
}

func (s *settings) Validate() error {
	var errs []error
	if s.Port > 65535 {
		errs = append(errs, fmt.Errorf("PORT: %d is no port", s.Port))
	}
	if s.Interval < 0 {
		errs = append(errs, errors.New("RECONCILE_INTERVAL must not be negative"))
	}
	return errors.Join(errs...)
}

func TestLoad(t *testing.T) {
	for _, test := range []struct {
		name, reason string
		environ      []string
		check        func(*testing.T, settings)
	}{
		{"defaults", "all but the key has one", nil, func(t *testing.T, s settings) {
			require.Equal(t, 8020, s.Port)
			require.Equal(t, 10*time.Minute, s.Interval)
			require.Equal(t, []string{"us-east-1", "us-west-2"}, s.Regions)
			require.True(t, s.Verify)
			require.Equal(t, []string{"127.0.0.1:2379"}, s.Etcd.Endpoints)
		}},
		{"seconds", "the Python system has bare numbers", []string{"RECONCILE_INTERVAL=600"}, func(t *testing.T, s settings) {
			require.Equal(t, 10*time.Minute, s.Interval)
		}},
		{"fraction", "slots may be short in tests", []string{"RECONCILE_INTERVAL=0.5"}, func(t *testing.T, s settings) {
			require.Equal(t, 500*time.Millisecond, s.Interval)
		}},
		{"duration", "people write this", []string{"RECONCILE_INTERVAL=90s"}, func(t *testing.T, s settings) {
			require.Equal(t, 90*time.Second, s.Interval)
		}},
		{"empty is not set", "compose passes on what is not set as empty", []string{"PORT=", "VERIFY_SSL="}, func(t *testing.T, s settings) {
			require.Equal(t, 8020, s.Port)
			require.True(t, s.Verify)
		}},
		{"nested with prefix", "", []string{"ETCD_ENDPOINTS=a:1,b:2", "ETCD_PASSWORD=pw"}, func(t *testing.T, s settings) {
			require.Equal(t, []string{"a:1", "b:2"}, s.Etcd.Endpoints)
			require.Equal(t, "pw", s.Etcd.Password.Reveal())
		}},
		{"unknown ignored", "the environment is full of others' variables", []string{"LCM_WHATEVER=1", "junk"}, func(*testing.T, settings) {}},
		{"value with an equals sign", "", []string{"ETCD_PASSWORD=a=b"}, func(t *testing.T, s settings) {
			require.Equal(t, "a=b", s.Etcd.Password.Reveal())
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			loaded, err := config.Load[settings](append(test.environ, "CONTROL_PLANE_API_KEY=k"))
			require.NoError(t, err, test.reason)
			test.check(t, loaded)
			require.Equal(t, "k", loaded.Key.Reveal())
		})
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	_, err := config.Load[settings]([]string{"PORT=many", "RECONCILE_INTERVAL=soon", "VERIFY_SSL=perhaps"})
	problems, ok := errors.AsType[*config.Error](err)
	require.True(t, ok)
	require.Len(t, problems.Problems, 4)
	for _, name := range []string{"PORT", "RECONCILE_INTERVAL", "VERIFY_SSL", "CONTROL_PLANE_API_KEY"} {
		require.ErrorContains(t, err, name, "named as the operator knows it")
	}
	require.Equal(t, 2, problems.ExitCode())

	_, err = config.Load[settings]([]string{"PORT=70000", "RECONCILE_INTERVAL=-1", "CONTROL_PLANE_API_KEY=k"})
	problems, ok = errors.AsType[*config.Error](err)
	require.True(t, ok)
	require.Len(t, problems.Problems, 2, "what Validate joins is told one by one")
}

func TestEmptyIsNotEnoughForRequired(t *testing.T) {
	_, err := config.Load[settings]([]string{"CONTROL_PLANE_API_KEY="})
	require.ErrorContains(t, err, "CONTROL_PLANE_API_KEY", "an empty key would be a default key")
}

func TestSecretsFromFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	require.NoError(t, os.WriteFile(path, []byte("from-file\n"), 0o600))
	loaded, err := config.Load[settings]([]string{"CONTROL_PLANE_API_KEY_FILE=" + path})
	require.NoError(t, err)
	require.Equal(t, "from-file", loaded.Key.Reveal())

	_, err = config.Load[settings]([]string{"CONTROL_PLANE_API_KEY_FILE=" + path, "CONTROL_PLANE_API_KEY=also"})
	require.ErrorContains(t, err, "both set")
	_, err = config.Load[settings]([]string{"CONTROL_PLANE_API_KEY_FILE=" + path + ".missing"})
	require.ErrorContains(t, err, "CONTROL_PLANE_API_KEY_FILE")
	_, err = config.Load[settings]([]string{"PORT_FILE=" + path, "CONTROL_PLANE_API_KEY=k"})
	require.NoError(t, err, "only secrets come from files")
}

func TestNoErrorShowsASecret(t *testing.T) {
	const canary = "canary-4711"
	_, err := config.Load[settings]([]string{"PORT=x", "CONTROL_PLANE_API_KEY=" + canary, "ETCD_PASSWORD=" + canary})
	require.Error(t, err)
	require.NotContains(t, err.Error(), canary)
}

func TestDescribe(t *testing.T) {
	var names []string
	for _, s := range config.Describe[settings]() {
		names = append(names, s.Name)
	}
	require.Equal(t, []string{
		"PORT", "RECONCILE_INTERVAL", "AWS_REGIONS", "VERIFY_SSL", "LEVEL", "CONTROL_PLANE_API_KEY", "ETCD_ENDPOINTS", "ETCD_PASSWORD",
	}, names)
	var out bytes.Buffer
	require.NoError(t, config.WriteMarkdown(&out, config.Describe[settings]()))
	require.Equal(t, "| name | type | default | meaning |\n|---|---|---|---|\n"+
		"| `PORT` | integer | 8020 | Port to listen on. |\n"+
		"| `RECONCILE_INTERVAL` | duration | 10m | Resync. |\n"+
		"| `AWS_REGIONS` | list of string | us-east-1,us-west-2 | Regions. |\n"+
		"| `VERIFY_SSL` | boolean | true | Check \\| verify. |\n"+
		"| `LEVEL` | level | info |  |\n"+
		"| `CONTROL_PLANE_API_KEY` | secret | required | Internal key. |\n"+
		"| `ETCD_ENDPOINTS` | list of string | 127.0.0.1:2379 | etcd. |\n"+
		"| `ETCD_PASSWORD` | secret | - |  |\n", out.String())
}

func TestCommand(t *testing.T) {
	good := []string{"CONTROL_PLANE_API_KEY=k"}
	for _, test := range []struct {
		name    string
		args    []string
		environ []string
		run     bool
		out     string
		err     string
	}{
		{"plain", nil, good, true, "", ""},
		{"help needs no settings", []string{"--help"}, nil, false, "RECONCILE_INTERVAL", ""},
		{"check, good", []string{"--check-config"}, good, false, "configuration is good\n", ""},
		{"check, bad", []string{"--check-config"}, nil, false, "", "CONTROL_PLANE_API_KEY"},
		{"unknown argument", []string{"--verbose"}, good, false, "", "--verbose"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			_, run, err := config.Command[settings]("lcm", test.args, test.environ, &out)
			require.Equal(t, test.run, run)
			require.Contains(t, out.String(), test.out)
			if test.err == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, test.err)
			}
		})
	}
}
