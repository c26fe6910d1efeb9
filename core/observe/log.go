// Package observe holds what lets people see into a service: JSON logs, metrics, traces, and the probes. Nothing in it is
// global: several services run in one process, each with its own.
package observe

import (
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/lablet-cloud-manager/lcm/core/secret"
)

// NewLogger makes a logger that writes one JSON object a line and names the service in each. The values of attributes
// whose names speak of secrets are masked, whatever their type.
func NewLogger(w io.Writer, level slog.Level, service string) *slog.Logger {
	handler := slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: maskSecrets})
	return slog.New(handler).With("service", service)
}

// ParseLevel reads LOG_LEVEL: debug, info, warn or warning, error or critical, in any case; empty means info.
func ParseLevel(text string) (slog.Level, error) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "debug":
		return slog.LevelDebug, nil
	case "", "info":
		return slog.LevelInfo, nil
	case "warn", "warning":
		return slog.LevelWarn, nil
	case "error", "critical":
		return slog.LevelError, nil
	default:
		return slog.LevelInfo, fmt.Errorf("unknown log level %q", text)
	}
}

// maskSecrets is a second line of defence behind secret.String.
func maskSecrets(_ []string, attr slog.Attr) slog.Attr {
	if attr.Value.Kind() == slog.KindGroup {
		return attr
	}
	name := strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(attr.Key))
	for _, word := range []string{"password", "secret", "token", "apikey", "authorization", "cookie", "loginurl", "launchurl"} {
		if strings.Contains(name, word) {
			return slog.String(attr.Key, secret.Mask)
		}
	}
	return attr
}
