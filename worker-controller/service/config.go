package service

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/controller"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/worker-controller/internal/cmlsystem"
	"github.com/lablet-cloud-manager/lcm/worker-controller/internal/ec2"
	"github.com/lablet-cloud-manager/lcm/worker-controller/internal/regions"
	"github.com/lablet-cloud-manager/lcm/worker-controller/internal/worker"
)

// Config is the service's configuration.
type Config struct {
	controller.Config
	Port int `env:"APP_PORT" envDefault:"8083" desc:"Port to serve probes and admin routes on."`

	Region             string        `env:"AWS_REGION" envDefault:"us-east-1" desc:"AWS region whose settings are loaded; each worker's own region is used for its machine."`
	AccessKeyID        secret.String `env:"AWS_ACCESS_KEY_ID" desc:"AWS access key; the default credential chain is used when empty."`
	SecretAccessKey    secret.String `env:"AWS_SECRET_ACCESS_KEY" desc:"AWS secret key."`
	EC2Endpoint        string        `env:"AWS_ENDPOINT_URL_EC2" desc:"Address to use in place of EC2's, for development."`
	CloudWatchEndpoint string        `env:"AWS_ENDPOINT_URL_CLOUDWATCH" desc:"Address to use in place of CloudWatch's, for development."`
	RegionsFile        string        `env:"AWS_REGIONS_CONFIG_PATH" desc:"YAML file with the network of each region; nothing can be launched without."`

	EC2Poll     time.Duration `env:"EC2_POLL_INTERVAL" envDefault:"5s" desc:"How often a machine is looked at while something is under way."`
	EC2Observe  time.Duration `env:"EC2_OBSERVE_INTERVAL" envDefault:"20s" desc:"How often all machines of a region are listed."`
	BootTimeout time.Duration `env:"PROVISIONING_TIMEOUT_SECONDS" envDefault:"900s" desc:"How long a machine may take to boot, and then its CML to be ready for the first time."`

	CMLPoll          time.Duration  `env:"CML_POLL_INTERVAL" envDefault:"5s" desc:"How often a CML is looked at that boots or registers."`
	CMLCheck         time.Duration  `env:"CML_CHECK_INTERVAL" envDefault:"60s" desc:"How often a CML is looked at that is ready."`
	CMLUsername      string         `env:"CML_WORKER_API_USERNAME" envDefault:"admin" desc:"CML user on the workers."`
	CMLPassword      secret.String  `env:"CML_WORKER_API_PASSWORD" desc:"CML password on the workers."`
	CMLVerifyTLS     bool           `env:"CML_WORKER_API_VERIFY_SSL" envDefault:"true" desc:"Whether certificates of workers are checked."`
	CMLCABundle      string         `env:"CML_CA_BUNDLE" desc:"PEM file to check certificates of workers with; without it each is pinned at first contact."`
	CMLConnectTo     string         `env:"CML_CONNECT_TO" desc:"host:port that connections to workers go to instead, for development."`
	CMLNetworks      []netip.Prefix `env:"CML_WORKER_NETWORKS" desc:"Networks that workers' addresses must lie in, with commas between; all when empty."`
	UsePrivateIP     bool           `env:"USE_PRIVATE_IP_FOR_MONITORING" envDefault:"false" desc:"Whether workers are reached at their private address."`
	LicenseTimeout   time.Duration  `env:"LICENSE_TIMEOUT" envDefault:"120s" desc:"How long CML may take to register."`
	LicenseReturning time.Duration  `env:"LICENSE_RETURN_TIMEOUT" envDefault:"30m" desc:"How long a machine's end waits for its licence to be given back."`
}

// Validate tells what cannot work, all of it.
func (c Config) Validate() error {
	var problems []error
	for _, positive := range []struct {
		name  string
		value time.Duration
	}{
		{"EC2_POLL_INTERVAL", c.EC2Poll}, {"EC2_OBSERVE_INTERVAL", c.EC2Observe}, {"CML_POLL_INTERVAL", c.CMLPoll},
		{"CML_CHECK_INTERVAL", c.CMLCheck}, {"PROVISIONING_TIMEOUT_SECONDS", c.BootTimeout}, {"LICENSE_TIMEOUT", c.LicenseTimeout},
		{"LICENSE_RETURN_TIMEOUT", c.LicenseReturning},
	} {
		if positive.value <= 0 {
			problems = append(problems, fmt.Errorf("%s must be positive", positive.name))
		}
	}
	if c.AccessKeyID.IsZero() != c.SecretAccessKey.IsZero() {
		problems = append(problems, errors.New("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are needed together"))
	}
	if c.CMLPassword.IsZero() {
		problems = append(problems, errors.New("CML_WORKER_API_PASSWORD is needed"))
	}
	if c.CMLConnectTo != "" && !strings.Contains(c.CMLConnectTo, ":") {
		problems = append(problems, errors.New("CML_CONNECT_TO must be host:port"))
	}
	if _, err := regions.Load(c.RegionsFile); err != nil {
		problems = append(problems, fmt.Errorf("AWS_REGIONS_CONFIG_PATH: %w", err))
	}
	if _, err := c.bundle(); err != nil {
		problems = append(problems, err)
	}
	return errors.Join(problems...)
}

// bundle reads the CA bundle, nil when there is none.
func (c Config) bundle() ([]byte, error) {
	if c.CMLCABundle == "" {
		return nil, nil
	}
	bundle, err := os.ReadFile(c.CMLCABundle)
	if err != nil {
		return nil, fmt.Errorf("CML_CA_BUNDLE: %w", err)
	}
	return bundle, nil
}

func (c Config) ec2(transport http.RoundTripper) ec2.Config {
	return ec2.Config{
		Region: c.Region, AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, Endpoint: c.EC2Endpoint, Transport: transport,
	}
}

func (c Config) cml(bundle []byte, transport http.RoundTripper) cmlsystem.Config {
	return cmlsystem.Config{
		Username: c.CMLUsername, Password: c.CMLPassword, VerifyTLS: c.CMLVerifyTLS, CA: bundle, ConnectTo: c.CMLConnectTo,
		Networks: c.CMLNetworks, Timeout: cmlTimeout, Transport: transport,
	}
}

// cmlTimeout bounds a call of CML, so that several fit in one run of a reconciler.
const cmlTimeout = 20 * time.Second

func (c Config) worker() worker.Config {
	return worker.Config{
		EC2Poll: c.EC2Poll, CMLPoll: c.CMLPoll, CMLCheck: c.CMLCheck, BootTimeout: c.BootTimeout, LicenseTimeout: c.LicenseTimeout,
		ReturnTimeout: c.LicenseReturning, UsePrivateIP: c.UsePrivateIP,
	}
}
