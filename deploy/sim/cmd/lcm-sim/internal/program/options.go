// Package program is what the command lcm-sim does, apart from the process.
package program

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"strconv"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/grading"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/lds"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/world"
)

// options are the settings of the command line and the environment.
type options struct {
	host, data           string
	port                 int
	rate                 float64
	sinkURL, sinkToken   string
	structured           bool
	ldsURL, oidcURL      string
	candidate            bool
	platformEvents       bool
	gradingSessionEvents bool
	verbose              bool
	credentials          world.Credentials
}

const help = `lcm-sim runs the simulated outside world of Lablet Cloud Manager.

One port per simulator, from --port on: cml (TLS), ec2, lds, grading, s3, oidc, sink.
Each flag has an environment variable, LCM_SIM_ and its name in capitals. Secrets
come from the environment only; those that are not set are made up at the first
start and kept in the file credentials.json of the data folder:
  LCM_SIM_CML_USERNAME, LCM_SIM_CML_PASSWORD, LCM_SIM_LDS_USERNAME, LCM_SIM_LDS_PASSWORD,
  LCM_SIM_GRADING_TOKEN, LCM_SIM_GRADING_CLIENT_ID, LCM_SIM_GRADING_CLIENT_SECRET,
  LCM_SIM_S3_ACCESS_KEY, LCM_SIM_S3_SECRET_KEY, LCM_SIM_OIDC_CLIENT_ID,
  LCM_SIM_OIDC_CLIENT_SECRET, LCM_SIM_SINK_TOKEN (deliveries to the sink),
  LCM_SIM_EVENT_SINK_TOKEN (deliveries of LDS and grading engine)

Flags:
`

func parse(args []string, getenv func(string) string, out io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("lcm-sim", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.Usage = func() {
		_, _ = io.WriteString(out, help) // help that cannot be shown helps nobody
		flags.PrintDefaults()
	}
	o.declare(flags)
	if err := fromEnvironment(flags, getenv); err != nil {
		return o, err
	}
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if o.port < 0 || o.port+len(world.Names()) > 65536 {
		return o, errors.New("port is out of range")
	}
	o.sinkToken = getenv("LCM_SIM_EVENT_SINK_TOKEN")
	o.credentials = secrets(getenv)
	return o, nil
}

func (o *options) declare(flags *flag.FlagSet) {
	flags.StringVar(&o.host, "host", "127.0.0.1", "address to listen on")
	flags.IntVar(&o.port, "port", 8090, "first port; 0 takes free ports")
	flags.StringVar(&o.data, "data", "lcm-sim-data", "folder that keeps all state; empty keeps nothing")
	flags.Float64Var(&o.rate, "rate", 0, "how many times faster than real time simulated work runs; 0 leaves what was kept")
	flags.StringVar(&o.sinkURL, "event-sink", "", "URL that LDS and grading engine send events to")
	flags.BoolVar(&o.structured, "structured", false, "send events in structured mode")
	flags.StringVar(&o.ldsURL, "lds-url", "", "address that begins launch URLs; default the listening address")
	flags.StringVar(&o.oidcURL, "oidc-url", "", "address that begins the issuer; default the listening address")
	flags.BoolVar(&o.candidate, "candidate", false, "candidates begin and finish by themselves")
	flags.BoolVar(&o.platformEvents, "platform-events", false, "LDS also sends the com.cisco.certs.lds events")
	flags.BoolVar(&o.gradingSessionEvents, "grading-session-events", false, "the engine also sends the grading.session events")
	flags.BoolVar(&o.verbose, "verbose", false, "log more")
}

func secrets(getenv func(string) string) world.Credentials {
	get := func(name string) string { return getenv("LCM_SIM_" + name) }
	return world.Credentials{
		CMLUsername: get("CML_USERNAME"), CMLPassword: get("CML_PASSWORD"),
		LDSUsername: get("LDS_USERNAME"), LDSPassword: get("LDS_PASSWORD"),
		GradingToken: get("GRADING_TOKEN"), GradingClientID: get("GRADING_CLIENT_ID"),
		GradingClientSecret: get("GRADING_CLIENT_SECRET"),
		S3AccessKey:         get("S3_ACCESS_KEY"), S3SecretKey: get("S3_SECRET_KEY"),
		OIDCClientID: get("OIDC_CLIENT_ID"), OIDCClientSecret: get("OIDC_CLIENT_SECRET"),
		SinkToken: get("SINK_TOKEN"),
	}
}

// config turns the options into the settings of a world.
func (o options) config() world.Config {
	candidates, engine := lds.DefaultTimings(), grading.DefaultTimings()
	candidates.CandidateAuto = o.candidate
	if o.platformEvents {
		candidates.PlatformPrefix = "com.cisco.certs.lds"
	}
	engine.SessionEvents = o.gradingSessionEvents
	cfg := world.Config{
		Dir: o.data, Rate: o.rate, Listen: map[string]string{}, Credentials: o.credentials,
		EventSink: world.EventSink{URL: o.sinkURL, Token: o.sinkToken, Structured: o.structured},
		LDS:       lds.Config{BaseURL: o.ldsURL, Timings: &candidates},
		Grading:   grading.Config{Timings: &engine},
	}
	cfg.OIDC.BaseURL = o.oidcURL
	for i, name := range world.Names() {
		port := 0
		if o.port != 0 {
			port = o.port + i
		}
		cfg.Listen[name] = net.JoinHostPort(o.host, strconv.Itoa(port))
	}
	return cfg
}
