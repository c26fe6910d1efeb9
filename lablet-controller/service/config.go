package service

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/controller"
	"github.com/lablet-cloud-manager/lcm/core/secret"
)

// Config is the service's configuration.
type Config struct {
	controller.Config
	Port        int `env:"APP_PORT" envDefault:"8082" desc:"Port to serve probes and admin routes on."`
	Concurrency int `env:"RECONCILE_MAX_CONCURRENT" envDefault:"10" desc:"Instances that are worked on at once."`

	CML     CML
	LDS     LDS
	Grading Grading
	S3      S3
	Content Content
	Timing  Timing
}

// CML is how the CML of workers is reached.
type CML struct {
	Username   string        `env:"CML_WORKER_API_USERNAME" envDefault:"admin" desc:"CML user of all workers."`
	Password   secret.String `env:"CML_WORKER_API_PASSWORD,required" desc:"Password of that user."`
	VerifySSL  bool          `env:"CML_WORKER_API_VERIFY_SSL" envDefault:"true" desc:"Check workers' certificates; false is for development only."`
	CABundle   string        `env:"CML_CA_BUNDLE" desc:"PEM file of the CA of workers' certificates; without it the first contact pins."`
	ConnectTo  string        `env:"CML_CONNECT_TO" desc:"host:port that connections to workers really go to; empty in production."`
	Networks   []string      `env:"CML_WORKER_NETWORKS" desc:"CIDRs where workers may be, with commas between; all when empty."`
	UsePrivate bool          `env:"USE_PRIVATE_IP_FOR_MONITORING" envDefault:"false" desc:"Prefer workers' private addresses."`
}

// LDS is how the Lab Delivery System is reached.
type LDS struct {
	DeploymentsPath string `env:"LDS_DEPLOYMENTS_CONFIG_PATH" desc:"YAML file of LDS deployments by region; no LDS when empty."`
	Priority        string `env:"LDS_PROTOCOL_PRIORITY" envDefault:"vnc,http,https,rdp,ssh,serial,telnet" desc:"Which protocol a device is shown by, the best first; a list with commas or in JSON."`
	VerifySSL       bool   `env:"LDS_VERIFY_SSL" envDefault:"true" desc:"Check the certificate of LDS."`
}

// Grading is how the grading engine is reached; none when BaseURL is empty.
type Grading struct {
	BaseURL      string        `env:"GRADING_ENGINE_BASE_URL" desc:"Address of the grading engine; labs are not graded when empty."`
	TokenURL     string        `env:"GRADING_ENGINE_TOKEN_URL" desc:"Token address of the client credentials grant."`
	ClientID     string        `env:"GRADING_ENGINE_CLIENT_ID" desc:"Client id of the grant."`
	ClientSecret secret.String `env:"GRADING_ENGINE_CLIENT_SECRET" desc:"Client secret of the grant."`
	Scopes       string        `env:"GRADING_ENGINE_SCOPES" envDefault:"api" desc:"Scopes that are asked for."`
}

// S3 is the object storage of content packages and evidence.
type S3 struct {
	Endpoint       string        `env:"S3_ENDPOINT" desc:"Address of the storage; empty with a key or bucket set means AWS."`
	AccessKey      string        `env:"S3_ACCESS_KEY" desc:"Access key; the AWS default chain when empty."`
	SecretKey      secret.String `env:"S3_SECRET_KEY" desc:"Secret key."`
	Region         string        `env:"S3_REGION" envDefault:"us-east-1" desc:"Region of the storage."`
	Secure         bool          `env:"S3_SECURE" envDefault:"false" desc:"Use https where the address names no scheme."`
	EvidenceBucket string        `env:"EVIDENCE_BUCKET" desc:"Bucket of evidence packages; no evidence is kept when empty."`
}

// configured reports whether there is a storage at all.
func (s S3) configured() bool { return s.Endpoint != "" || s.AccessKey != "" || s.EvidenceBucket != "" }

// Content says how content is synced.
type Content struct {
	Enabled      bool `env:"CONTENT_SYNC_ENABLED" envDefault:"true" desc:"Sync content packages at all."`
	Concurrency  int  `env:"CONTENT_SYNC_MAX_CONCURRENT" envDefault:"2" desc:"Packages that are read at once."`
	MaxPackageMB int  `env:"CONTENT_MAX_PACKAGE_MB" envDefault:"256" desc:"Largest package that is read, in MiB."`
}

// Timing is how often the outside is looked at and how long phases may take.
type Timing struct {
	LabPoll     time.Duration `env:"LAB_POLL_INTERVAL" envDefault:"3s" desc:"Pause between looks at a lab that starts or stops."`
	SessionPoll time.Duration `env:"LDS_POLL_INTERVAL" envDefault:"15s" desc:"Pause between looks at a session that waits or runs, and at its lab."`
	GradingPoll time.Duration `env:"GRADING_POLL_INTERVAL" envDefault:"5s" desc:"Pause between looks at grading."`
	LabStart    time.Duration `env:"LAB_START_TIMEOUT" envDefault:"300s" desc:"How long a lab may take to come up before it is imported again."`
	Collection  time.Duration `env:"COLLECTION_TIMEOUT" envDefault:"10m" desc:"How long collecting may take."`
	Grading     time.Duration `env:"GRADING_TIMEOUT" envDefault:"30m" desc:"How long grading may take."`
	Grace       time.Duration `env:"LDS_SLOT_END_GRACE" envDefault:"2m" desc:"How long after the slot an LDS that does not answer is waited for."`
	Settle      time.Duration `env:"INTENT_SETTLE_TIME" envDefault:"15s" desc:"How old an intent without a result must be before nothing counts as made of it."`
}

// Validate checks what the types do not.
func (c Config) Validate() error {
	_, networks := c.CML.networks()
	_, priority := c.LDS.priority()
	errs := []error{networks, priority}
	for name, d := range map[string]time.Duration{
		"LAB_POLL_INTERVAL": c.Timing.LabPoll, "LDS_POLL_INTERVAL": c.Timing.SessionPoll, "GRADING_POLL_INTERVAL": c.Timing.GradingPoll,
		"LAB_START_TIMEOUT": c.Timing.LabStart, "COLLECTION_TIMEOUT": c.Timing.Collection, "GRADING_TIMEOUT": c.Timing.Grading,
	} {
		if d <= 0 {
			errs = append(errs, fmt.Errorf("%s must be positive", name))
		}
	}
	if c.Content.MaxPackageMB < 1 || c.Content.MaxPackageMB > 4096 {
		errs = append(errs, errors.New("CONTENT_MAX_PACKAGE_MB must lie between 1 and 4096"))
	}
	if c.Grading.BaseURL != "" && (c.Grading.TokenURL == "" || c.Grading.ClientID == "" || c.Grading.ClientSecret.IsZero()) {
		errs = append(errs, errors.New("GRADING_ENGINE_BASE_URL needs GRADING_ENGINE_TOKEN_URL, _CLIENT_ID and _CLIENT_SECRET"))
	}
	if (c.S3.AccessKey == "") != c.S3.SecretKey.IsZero() {
		errs = append(errs, errors.New("S3_ACCESS_KEY and S3_SECRET_KEY go together"))
	}
	return errors.Join(errs...)
}

func (c CML) networks() ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, text := range c.Networks {
		prefix, err := netip.ParsePrefix(strings.TrimSpace(text))
		if err != nil {
			return nil, fmt.Errorf("CML_WORKER_NETWORKS: %q is not a CIDR", text)
		}
		all = append(all, prefix)
	}
	return all, nil
}

// priority reads the list in both of its forms.
func (l LDS) priority() ([]string, error) {
	var all []string
	if strings.HasPrefix(strings.TrimSpace(l.Priority), "[") {
		if err := json.Unmarshal([]byte(l.Priority), &all); err != nil {
			return nil, errors.New("LDS_PROTOCOL_PRIORITY is not a list of words")
		}
		return all, nil
	}
	for word := range strings.SplitSeq(l.Priority, ",") {
		if word = strings.ToLower(strings.TrimSpace(word)); word != "" {
			all = append(all, word)
		}
	}
	return all, nil
}
