package plane

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/run"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/world"
)

// Plane is a running Lablet Cloud Manager with the world around it.
type Plane struct {
	options   Options
	group     run.Group
	world     *world.World
	etcd      *etcdServer
	keys      keys
	listeners map[string]net.Listener
	children  map[string]*child
	endpoints Endpoints
	settings  environment
	logFile   *os.File
}

// Endpoints are where a plane can be reached; they are written to endpoints.json in its folder while it runs.
type Endpoints struct {
	API       string            `json:"api"`
	Services  map[string]string `json:"services"`
	CML       string            `json:"cml"`
	EC2       string            `json:"ec2"`
	LDS       string            `json:"lds"`
	Grading   string            `json:"grading"`
	S3        string            `json:"s3"`
	OIDC      string            `json:"oidc"`
	Sink      string            `json:"sink"`
	Issuer    string            `json:"issuer"`
	Etcd      string            `json:"etcd"`
	ProcessID int               `json:"process_id"`
	// S3AccessKey and S3SecretKey are the simulated object store's; the file is readable by its owner only.
	S3AccessKey string `json:"s3_access_key"`
	S3SecretKey string `json:"s3_secret_key"`
}

const endpointsFile = "endpoints.json"

// New prepares a plane: it listens everywhere and starts etcd, so that all addresses are known. Run starts the rest.
func New(ctx context.Context, o Options) (*Plane, error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("plane: %w", err)
	}
	k, err := loadKeys(o.Dir)
	if err != nil {
		return nil, err
	}
	p := &Plane{options: o, keys: k, listeners: map[string]net.Listener{}, children: map[string]*child{}}
	for _, prepare := range []func(context.Context) error{p.openLog, p.buildWorld, p.listen, p.bootEtcd, p.prepareServices} {
		if err := prepare(ctx); err != nil {
			p.release()
			return nil, err
		}
	}
	return p, nil
}

// Run serves until ctx ends; everything stops within 10 s.
func (p *Plane) Run(ctx context.Context) error {
	defer p.release()
	p.group.Log = slog.New(slog.DiscardHandler)
	path := filepath.Join(p.options.Dir, endpointsFile)
	content, err := json.MarshalIndent(p.endpoints, "", "  ")
	if err != nil {
		return fmt.Errorf("plane: %w", err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		return fmt.Errorf("plane: %w", err)
	}
	defer func() { _ = os.Remove(path) }()
	return p.group.Run(ctx)
}

// Endpoints tells where everything is.
func (p *Plane) Endpoints() Endpoints { return p.endpoints }

// World is the simulated outside.
func (p *Plane) World() *world.World { return p.world }

func (p *Plane) openLog(context.Context) error {
	file, err := os.OpenFile(filepath.Join(p.options.Dir, "lcm.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("plane: %w", err)
	}
	p.logFile = file
	return nil
}

func (p *Plane) buildWorld(context.Context) error {
	w, err := world.New(p.worldConfig())
	if err != nil {
		return err
	}
	if err := w.Listen(); err != nil {
		return err
	}
	p.world = w
	p.group.Add("simulators", w.Run)
	return nil
}

// listen takes a port for each service, the same as last time where that is free.
func (p *Plane) listen(context.Context) error {
	path := filepath.Join(p.options.Dir, "ports.json")
	remembered := map[string]string{}
	if content, err := os.ReadFile(path); err == nil {
		// A file that cannot be read costs new ports, nothing else.
		_ = json.Unmarshal(content, &remembered)
	}
	for _, replica := range p.options.replicas() {
		listener, err := listenAt(remembered[replica])
		if err != nil {
			return fmt.Errorf("listen for %s: %w", replica, err)
		}
		p.listeners[replica] = listener
		remembered[replica] = listener.Addr().String()
	}
	content, err := json.Marshal(remembered)
	if err != nil {
		return fmt.Errorf("plane: %w", err)
	}
	return os.WriteFile(path, content, 0o600)
}

// listenAt takes an address where there is one and it is free, else a new port.
func listenAt(address string) (net.Listener, error) {
	if address != "" {
		if listener, err := net.Listen("tcp", address); err == nil {
			return listener, nil
		}
	}
	return net.Listen("tcp", "127.0.0.1:0")
}

func (p *Plane) bootEtcd(ctx context.Context) error {
	etcd, err := startEtcd(ctx, filepath.Join(p.options.Dir, "etcd"))
	if err != nil {
		return err
	}
	p.etcd = etcd
	p.group.Add("etcd", etcd.run)
	return restrict(ctx, etcd.endpoint, p.keys.Etcd)
}

// prepareServices adds the services, the API first; a controller waits until the API is ready.
func (p *Plane) prepareServices(context.Context) error {
	a := p.world.Addresses()
	f, err := writeFiles(p.options, p.keys, a, p.world.Credentials())
	if err != nil {
		return err
	}
	p.endpoints = p.endpointsOf(a)
	p.world.SetEventSink(p.endpoints.API+"/api/cloudevents", p.keys.Inbound)
	p.settings = environment{
		options: p.options, keys: p.keys, files: f, etcd: p.etcd.endpoint, api: p.endpoints.API, world: a,
		credentials: p.world.Credentials(), sinkURL: a.Sink + "/events/pub",
	}
	if p.options.Via != nil {
		if p.settings.via, err = p.options.Via(p.endpoints.API); err != nil {
			return err
		}
	}
	for _, replica := range p.options.replicas() {
		start, err := p.serviceRunner(replica, p.settings.of(serviceOf(replica)))
		if err != nil {
			return err
		}
		var options []run.Option
		if address := p.endpoints.Services[replica]; serviceOf(replica) == API {
			options = append(options, run.Ready(func(ctx context.Context) error { return apiReady(ctx, address) }))
		}
		p.group.Add(replica, start, options...)
	}
	return nil
}

func (p *Plane) serviceRunner(replica string, environment []string) (func(context.Context) error, error) {
	listener, service := p.listeners[replica], serviceOf(replica)
	if !p.options.Split {
		log := slog.New(slog.NewJSONHandler(p.logFile, nil)).With("service", replica)
		return func(ctx context.Context) error { return Serve(ctx, service, environment, listener, log) }, nil
	}
	file, err := fileOf(listener)
	if err != nil {
		return nil, err
	}
	c := &child{service: service, executable: p.options.Executable, environment: environment, listener: file, log: p.log(), output: p.logFile}
	p.children[replica] = c
	return c.run, nil
}

func (p *Plane) log() *slog.Logger {
	if p.options.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return p.options.Log
}

func (p *Plane) endpointsOf(a world.Addresses) Endpoints {
	e := Endpoints{
		Services: map[string]string{}, CML: a.CML, EC2: a.EC2, LDS: a.LDS, Grading: a.Grading, S3: a.S3, OIDC: a.OIDC, Sink: a.Sink,
		Issuer: a.Issuer, Etcd: p.etcd.endpoint, ProcessID: os.Getpid(),
		S3AccessKey: p.world.Credentials().S3AccessKey, S3SecretKey: p.world.Credentials().S3SecretKey,
	}
	for service, listener := range p.listeners {
		e.Services[service] = "http://" + listener.Addr().String()
	}
	e.API = e.Services[API]
	return e
}

const readyWithin = 30 * time.Second

// apiReady waits until the API at an address says that it is ready.
func apiReady(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	client := http.Client{Timeout: 2 * time.Second}
	for ctx.Err() == nil {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/ready", nil)
		if err != nil {
			return err
		}
		if response, err := client.Do(request); err == nil {
			_, _ = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
		pause(ctx, 50*time.Millisecond)
	}
	return fmt.Errorf("the API was not ready within %s", readyWithin)
}

// Environment gives the settings of a service, for one more replica that somebody else starts.
func (p *Plane) Environment(service string) []string { return p.settings.of(service) }

// Kill ends a service's process at once; it is started again. Only with Split. Further replicas are killed by their names.
func (p *Plane) Kill(ctx context.Context, service string) error {
	c, ok := p.children[service]
	if !ok {
		return fmt.Errorf("%s does not run as a process of its own", service)
	}
	return c.kill(ctx)
}

// Starts counts how often a service's process was started.
func (p *Plane) Starts(service string) int {
	if c, ok := p.children[service]; ok {
		return c.launched()
	}
	return 0
}

// release lets go of what New opened; what Run has closed already is closed again without harm.
func (p *Plane) release() {
	for _, listener := range p.listeners {
		_ = listener.Close()
	}
	if p.etcd != nil {
		p.etcd.close()
	}
	if p.logFile != nil {
		_ = p.logFile.Close()
	}
}

// Find reads the endpoints of a plane that runs on a folder.
func Find(dir string) (Endpoints, error) {
	content, err := os.ReadFile(filepath.Join(dir, endpointsFile))
	if err != nil {
		return Endpoints{}, err
	}
	var e Endpoints
	return e, json.Unmarshal(content, &e)
}
