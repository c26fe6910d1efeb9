package controller

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/secret"
	"github.com/lablet-cloud-manager/lcm/core/token"
)

// Config is what all controllers are configured with; each embeds it.
type Config struct {
	Host string `env:"APP_HOST" envDefault:"127.0.0.1" desc:"Address to serve probes and admin routes on."`
	// Port is set by each service's own default.
	LogLevel string `env:"LOG_LEVEL" envDefault:"INFO" desc:"DEBUG, INFO, WARNING or ERROR."`

	EtcdEndpoints []string      `env:"ETCD_ENDPOINTS" envDefault:"http://localhost:2379" desc:"etcd addresses, with commas between."`
	EtcdUsername  string        `env:"ETCD_USERNAME" desc:"etcd user; may write this service's election key and read /lcm/."`
	EtcdPassword  secret.String `env:"ETCD_PASSWORD" desc:"etcd password."`

	ControlPlaneURL string        `env:"CONTROL_PLANE_API_URL" envDefault:"http://localhost:8020" desc:"Address of control-plane-api."`
	ControlPlaneKey secret.String `env:"CONTROL_PLANE_API_KEY,required" desc:"This service's key for the internal API, at least 32 characters."`

	LeaderLeaseTTL time.Duration `env:"LEADER_LEASE_TTL" envDefault:"5s" desc:"How long a vanished leader keeps its place."`
	InstanceID     string        `env:"INSTANCE_ID" desc:"Name of this replica; host name and a random part when empty."`

	ResyncInterval time.Duration `env:"RECONCILE_INTERVAL" envDefault:"600s" desc:"How often everything is looked at although nothing changed."`
	ResyncEnabled  bool          `env:"RECONCILE_POLLING_ENABLED" envDefault:"true" desc:"Whether that is done at all."`

	OTLPEndpoint string  `env:"OTEL_EXPORTER_OTLP_ENDPOINT" desc:"OTLP over HTTP collector; no traces when empty."`
	TraceRatio   float64 `env:"OTEL_TRACES_SAMPLER_ARG" envDefault:"1" desc:"Share of traces that are kept."`

	// OIDC lets administrators call the admin routes with a token of their own.
	OIDC token.Config
}

// Resync is the interval, 0 when it is off.
func (c Config) Resync() time.Duration {
	if !c.ResyncEnabled {
		return 0
	}
	return c.ResyncInterval
}
