package world

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"net/http"
	"sync"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/ec2"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/grading"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/push"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/lds"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/oidc"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/s3"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/sink"
)

// World is all simulators. Its methods may be called concurrently.
type World struct {
	cfg         Config
	kit         *kit.Kit
	log         *slog.Logger
	credentials Credentials

	ec2     *ec2.Server
	cml     *cml.Server
	s3      *s3.Server
	lds     *lds.Server
	grading *grading.Server
	oidc    *oidc.Server
	sink    *sink.Server

	mu    sync.Mutex
	doors map[string]*door // by simulator; nil before Listen
}

// New builds the simulators with the state kept in the folder; nothing listens
// yet, but Handler works.
func New(cfg Config) (*World, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	root, err := kit.New(cfg.Dir, cfg.Log)
	if err != nil {
		return nil, fmt.Errorf("world: %w", err)
	}
	if cfg.Rate > 0 {
		root.Clock.SetRate(cfg.Rate)
	}
	w := &World{cfg: cfg, kit: root, log: root.Log}
	if w.credentials, err = cfg.Credentials.complete(root.Disk); err != nil {
		return nil, fmt.Errorf("world: %w", err)
	}
	if err := w.build(); err != nil {
		return nil, fmt.Errorf("world: %w", err)
	}
	return w, nil
}

// build makes the simulators, those first that others look into.
func (w *World) build() error {
	kits := map[string]*kit.Kit{}
	for _, name := range Names() {
		k, err := w.kit.Sub(name)
		if err != nil {
			return err
		}
		kits[name] = k
	}
	cfg := w.linked()
	var err error
	if w.ec2, err = ec2.New(kits[EC2], cfg.EC2); err != nil {
		return err
	}
	if w.s3, err = s3.New(kits[S3], cfg.S3); err != nil {
		return err
	}
	cfg.CML.Hosts = machines{w.ec2}
	cfg.LDS.Objects, cfg.Grading.Objects = w.s3, w.s3
	if w.cml, err = cml.New(kits[CML], cfg.CML); err != nil {
		return err
	}
	if w.lds, err = lds.New(kits[LDS], cfg.LDS); err != nil {
		return err
	}
	if w.grading, err = grading.New(kits[Grading], cfg.Grading); err != nil {
		return err
	}
	if w.oidc, err = oidc.New(kits[OIDC], cfg.OIDC); err != nil {
		return err
	}
	w.sink, err = sink.New(kits[Sink], cfg.Sink)
	return err
}

// linked returns the settings with credentials and event sink filled in.
func (w *World) linked() Config {
	cfg, c := w.cfg, w.credentials
	cfg.CML.Username, cfg.CML.Password = c.CMLUsername, c.CMLPassword
	if cfg.CML.Timings == (cml.Timings{}) {
		cfg.CML.Timings = cml.DefaultTimings()
	}
	events := push.Sink{URL: cfg.EventSink.URL, Token: cfg.EventSink.Token, Structured: cfg.EventSink.Structured}
	cfg.LDS.Username, cfg.LDS.Password, cfg.LDS.Sink = c.LDSUsername, c.LDSPassword, events
	cfg.Grading.Token, cfg.Grading.Sink = c.GradingToken, events
	cfg.Grading.ClientID, cfg.Grading.ClientSecret = c.GradingClientID, c.GradingClientSecret
	cfg.S3.Keys = map[string]string{c.S3AccessKey: c.S3SecretKey}
	cfg.Sink.Token = c.SinkToken
	if len(cfg.OIDC.Clients) == 0 {
		loopback := []string{"http://localhost:*", "http://127.0.0.1:*"}
		cfg.OIDC.Clients = []oidc.Client{
			{ID: "lcm-public", RedirectURIs: loopback},
			{ID: c.OIDCClientID, Secret: c.OIDCClientSecret, RedirectURIs: loopback},
		}
	}
	return cfg
}

// SetEventSink changes where LDS and grading engine send their events; what
// waits goes there at once. An empty URL stops the sending.
func (w *World) SetEventSink(url, token string) {
	next := push.Sink{URL: url, Token: token, Structured: w.cfg.EventSink.Structured}
	w.lds.SetSink(next)
	w.grading.SetSink(next)
}

// Credentials returns what clients must present.
func (w *World) Credentials() Credentials { return w.credentials }

// Clock returns the clock that all simulators share.
func (w *World) Clock() *kit.Clock { return w.kit.Clock }

// Objects returns the object storage, e.g. to put content packages there.
func (w *World) Objects() *s3.Server { return w.s3 }

// CMLCertificate returns the certificate that all CML machines show.
func (w *World) CMLCertificate() tls.Certificate { return w.cml.Certificate() }

// Handler returns a simulator for calls without a listener; one that answers 404
// for an unknown name.
func (w *World) Handler(name string) http.Handler {
	switch name {
	case CML:
		return w.cml.Handler()
	case EC2:
		return w.ec2.Handler()
	case LDS:
		return w.lds.Handler()
	case Grading:
		return w.grading.Handler()
	case S3:
		return w.s3.Handler()
	case OIDC:
		return w.oidc.Handler()
	case Sink:
		return w.sink.Handler()
	default:
		return http.NotFoundHandler()
	}
}
