package service

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/observe"
	"github.com/lablet-cloud-manager/lcm/core/secret"
	"github.com/lablet-cloud-manager/lcm/core/token"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/delivery"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/settings"
)

// Name is the service's name: of its logs, its election and its actor.
const Name = call.Self

// Config is the settings of control-plane-api. Read it with config.Command or config.Load.
type Config struct {
	Host        string        `env:"APP_HOST" envDefault:"127.0.0.1" desc:"Address to listen on."`
	Port        int           `env:"APP_PORT" envDefault:"8020" desc:"Port to listen on."`
	LogLevel    string        `env:"LOG_LEVEL" envDefault:"INFO" desc:"debug, info, warn or error."`
	Environment string        `env:"ENVIRONMENT" envDefault:"production" desc:"Shown by /info; development alone gives cookies to browsers that come without HTTPS."`
	Timeout     time.Duration `env:"REQUEST_TIMEOUT" envDefault:"30s" desc:"Longest that a request may take."`
	ImageTag    string        `env:"IMAGE_TAG" desc:"Shown by /info."`
	BuildCommit string        `env:"BUILD_COMMIT" desc:"Shown by /info."`
	BuildTime   string        `env:"BUILD_TIME" desc:"Shown by /info."`
	InstanceID  string        `env:"INSTANCE_ID" desc:"Name of this replica; host name and a random part when empty."`

	DatabaseURL secret.String `env:"DATABASE_URL,required" desc:"Store: mongodb://… or sqlite:///absolute/path."`
	SecretKey   secret.String `env:"LCM_SECRET_KEY" desc:"Key that seals licence tokens and browsers' sessions in the store, at least 32 characters; without it none can be kept and nobody can sign in with a browser."`

	LicensesFile string `env:"CML_LICENSES_FILE" desc:"YAML list of CML licences (name, type, token, seats), a mounted secret."`
	SeedPath     string `env:"DATA_SEED_BASE_PATH" envDefault:"/app/data" desc:"Folder with seeds/; one that is missing seeds nothing."`

	Load     Load
	Web      Web
	Etcd     Etcd
	Keys     Keys
	OIDC     token.Config
	Events   Events
	Inbound  Inbound
	Owners   Owners
	Settings Settings
	Tracing  Tracing
}

// Keys are the API keys of the controllers.
type Keys struct {
	ResourceScheduler secret.String `env:"RESOURCE_SCHEDULER_API_KEY,required" desc:"Live API keys of resource-scheduler: one, or two with a comma."`
	WorkerController  secret.String `env:"WORKER_CONTROLLER_API_KEY,required" desc:"Live API keys of worker-controller."`
	LabletController  secret.String `env:"LABLET_CONTROLLER_API_KEY,required" desc:"Live API keys of lablet-controller."`
}

// Events says where CloudEvents go.
type Events struct {
	Sink    string        `env:"CLOUD_EVENT_SINK" desc:"URL that takes CloudEvents; without it none are delivered."`
	Source  string        `env:"CLOUD_EVENT_SOURCE" envDefault:"/lablet-cloud-manager" desc:"Source of the events."`
	Prefix  string        `env:"CLOUD_EVENT_TYPE_PREFIX" envDefault:"io.system.lablet-cloud-manager" desc:"Prefix of the events' types."`
	Mode    string        `env:"CLOUD_EVENT_MODE" envDefault:"binary" desc:"binary or structured."`
	Compat  string        `env:"CLOUD_EVENT_COMPAT" desc:"fr-2.6.3 also sends the six names of that requirement."`
	Tries   int           `env:"CLOUD_EVENT_RETRY_ATTEMPTS" envDefault:"5" desc:"Tries of an event that the sink refuses before it is laid aside."`
	Delay   time.Duration `env:"CLOUD_EVENT_RETRY_DELAY" envDefault:"1" desc:"First pause before a delivery is tried again."`
	Signing secret.String `env:"CLOUD_EVENT_SIGNING_SECRET" desc:"Signs deliveries (HMAC-SHA256) when set."`
}

// Settings are the values that hold where the system settings say nothing.
type Settings struct {
	MaxWorkersPerRegion int      `env:"MAX_WORKERS_PER_REGION" envDefault:"10" desc:"Most workers in a region."`
	MetricsPollSeconds  int      `env:"WORKER_METRICS_POLL_INTERVAL" envDefault:"300" desc:"Seconds between two readings of a worker's figures."`
	MetricsStepPercent  float64  `env:"METRICS_CHANGE_THRESHOLD_PERCENT" envDefault:"5" desc:"By how much a figure of a worker must move to be told to event streams at once, 0 to 100."`
	IdleMinutes         int      `env:"WORKER_IDLE_TIMEOUT_MINUTES" envDefault:"60" desc:"Minutes after which a worker counts as idle."`
	IdleEnabled         bool     `env:"WORKER_ACTIVITY_DETECTION_ENABLED" envDefault:"true" desc:"Whether idle workers are looked for."`
	Region              string   `env:"AWS_REGION" envDefault:"us-east-1" desc:"Region where a worker is made when none is named."`
	DiscoveryRegions    []string `env:"DISCOVERY_REGIONS" desc:"Regions where machines are discovered; AWS_REGION when empty."`
	AMINamePattern      string   `env:"DISCOVERY_AMI_NAME_PATTERN" desc:"Name pattern of the images of machines to discover."`
	AuditDays           int      `env:"AUDIT_RETENTION_DAYS" envDefault:"365" desc:"Days that the audit log is kept, 90 to 365."`
	Activity            Activity
	Images              Images
	Ports               Ports
}

// Tracing says where spans go.
type Tracing struct {
	Endpoint string  `env:"OTEL_EXPORTER_OTLP_ENDPOINT" desc:"OTLP/HTTP collector; empty traces nothing."`
	Ratio    float64 `env:"OTEL_TRACES_SAMPLER_ARG" envDefault:"1" desc:"Share of traces kept, 0 to 1."`
}

// minKey is the least length of an API key.
const minKey = 32

// Validate reports all that is wrong at once.
func (c Config) Validate() error {
	errs := []error{c.Etcd.validate(), c.Settings.Ports.validate()}
	if c.Port < 0 || c.Port > 65535 {
		errs = append(errs, fmt.Errorf("APP_PORT: %d is no port", c.Port))
	}
	if c.Timeout <= 0 {
		errs = append(errs, errors.New("REQUEST_TIMEOUT: without one a slow client would hold its connection for ever"))
	}
	if _, err := observe.ParseLevel(c.LogLevel); err != nil {
		errs = append(errs, fmt.Errorf("LOG_LEVEL: %w", err))
	}
	if !c.SecretKey.IsZero() && len(c.SecretKey.Reveal()) < minKey {
		errs = append(errs, fmt.Errorf("LCM_SECRET_KEY: want at least %d characters", minKey))
	}
	if !c.OIDC.Configured() {
		errs = append(errs, errors.New("KEYCLOAK_URL or EXPECTED_ISSUER: one of them is needed to know people by their tokens"))
	}
	errs = append(errs, c.OIDC.Validate())
	errs = append(errs, c.Keys.validate()...)
	errs = append(errs, c.Load.validate())
	errs = append(errs, c.Web.validate()...)
	errs = append(errs, c.Inbound.validate(), c.Owners.validate(c.Environment), c.Settings.Activity.validate(), c.Settings.validateAudit(), c.Settings.validateMetrics(), c.Settings.Images.validate())
	_, err := c.Events.delivery()
	return errors.Join(append(errs, err)...)
}

func (c Config) address() string { return net.JoinHostPort(c.Host, strconv.Itoa(c.Port)) }

// byService gives each service's live keys.
func (k Keys) byService() map[string][]secret.String {
	split := func(all secret.String) (keys []secret.String) {
		for key := range strings.SplitSeq(all.Reveal(), ",") {
			keys = append(keys, secret.New(strings.TrimSpace(key)))
		}
		return keys
	}
	return map[string][]secret.String{
		"resource-scheduler": split(k.ResourceScheduler),
		"worker-controller":  split(k.WorkerController),
		"lablet-controller":  split(k.LabletController),
	}
}

func (k Keys) validate() (errs []error) {
	seen := map[string]string{}
	for service, keys := range k.byService() {
		name := strings.ToUpper(strings.ReplaceAll(service, "-", "_")) + "_API_KEY"
		if len(keys) > 2 {
			errs = append(errs, fmt.Errorf("%s: at most two keys can be live", name))
		}
		for _, key := range keys {
			if len(key.Reveal()) < minKey {
				errs = append(errs, fmt.Errorf("%s: want at least %d characters", name, minKey))
			}
			if other, taken := seen[key.Reveal()]; taken && other != service {
				errs = append(errs, fmt.Errorf("%s: the key is another service's as well", name))
			}
			seen[key.Reveal()] = service
		}
	}
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errs
}

func (s Settings) validateMetrics() error {
	if s.MetricsStepPercent >= 0 && s.MetricsStepPercent <= 100 {
		return nil
	}
	return errors.New("METRICS_CHANGE_THRESHOLD_PERCENT: want 0 to 100")
}

func (s Settings) validateAudit() error {
	if s.AuditDays < settings.LeastRetentionDays || s.AuditDays > settings.MostRetentionDays {
		return fmt.Errorf("AUDIT_RETENTION_DAYS: want %d to %d", settings.LeastRetentionDays, settings.MostRetentionDays)
	}
	return nil
}

func (e Events) delivery() (delivery.Config, error) {
	d := delivery.Config{
		Source: e.Source, Prefix: strings.TrimRight(e.Prefix, "."), Mode: delivery.Mode(strings.ToLower(e.Mode)),
		Compat: strings.ToLower(e.Compat), Tries: e.Tries, Delay: e.Delay, Secret: e.Signing,
	}
	var errs []error
	if d.Mode != delivery.Binary && d.Mode != delivery.Structured {
		errs = append(errs, errors.New("CLOUD_EVENT_MODE: want binary or structured"))
	}
	if d.Compat != "" && d.Compat != delivery.CompatFR {
		errs = append(errs, fmt.Errorf("CLOUD_EVENT_COMPAT: want %s or nothing", delivery.CompatFR))
	}
	if e.Sink != "" {
		sink, err := url.Parse(e.Sink)
		if err != nil || sink.Host == "" || sink.Scheme != "http" && sink.Scheme != "https" {
			errs = append(errs, errors.New("CLOUD_EVENT_SINK: want an http or https URL"))
		}
		d.Sink = sink
	}
	return d, errors.Join(errs...)
}
