package bubble

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/client"
	"github.com/lablet-cloud-manager/lcm/core/etcdkv/memkv"

	api "github.com/lablet-cloud-manager/lcm/control-plane-api/service"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/memstore"

	"github.com/lablet-cloud-manager/lcm/deploy/dev/internal/plane"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/oidc"
)

// The services.
const (
	API       = plane.API
	Scheduler = plane.Scheduler
	Workers   = plane.Workers
	Lablets   = plane.Lablets
)

// issuer is who vouches for people.
const issuer = "http://" + hostOIDC + "/realms/aix"

// callTimeout bounds a call of the API, as the services' own client does.
const callTimeout = 30 * time.Second

// Shared is what all bubbles of a test binary have in common; it is made outside of them.
type Shared struct {
	Files    Files
	identity *oidc.Server
}

// Share writes the files below dir and makes the identity provider.
func Share(dir string) (Shared, error) {
	files, err := WriteFiles(dir)
	if err != nil {
		return Shared{}, err
	}
	k, err := kit.New("", nil)
	if err != nil {
		return Shared{}, err
	}
	identity, err := oidc.New(k, oidc.Config{BaseURL: "http://" + hostOIDC})
	return Shared{Files: files, identity: identity}, err
}

// Options say what runs.
type Options struct {
	Seed uint64
	// Share is the share of calls that is disturbed while it rains.
	Share float64
	// Replicas is the number of processes of each service.
	Replicas int
	Log      *slog.Logger
}

// Plane is a running Lablet Cloud Manager. It must be made and used inside one bubble, by one goroutine.
type Plane struct {
	Etcd *memkv.Store
	Log  *slog.Logger
	// People are the callers; their calls are not disturbed, but the API may be away.
	Admin, Author, User *client.Client

	files    Files
	outside  *outside
	network  *network
	rain     *rain
	data     *memstore.Data
	replicas []*replica
	launched int
	people   *http.Transport
}

// New starts everything.
func New(shared Shared, o Options) (*Plane, error) {
	data, err := memstore.NewData(api.Collections()...)
	if err != nil {
		return nil, err
	}
	world, err := newOutside(shared.identity)
	if err != nil {
		return nil, err
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	p := &Plane{
		Etcd: memkv.New(), Log: o.Log, files: shared.Files, outside: world, network: newNetwork(), rain: newRain(o.Seed, o.Share), data: data,
	}
	p.people = &http.Transport{DialContext: p.network.dial, DisableKeepAlives: true}
	if err := p.introduce(); err != nil {
		return nil, err
	}
	for _, service := range plane.Services() {
		for range max(1, o.Replicas) {
			p.launch(service)
		}
	}
	return p, nil
}

// introduce makes the clients of people.
func (p *Plane) introduce() error {
	for _, who := range []struct {
		into  **client.Client
		name  string
		roles []string
	}{{&p.Admin, "admin", []string{"admin"}}, {&p.Author, "author", []string{"lab-author"}}, {&p.User, "user", []string{"user"}}} {
		token, err := p.outside.token(who.name, who.roles...)
		if err != nil {
			return err
		}
		*who.into, err = client.New(client.Config{
			BaseURL: "http://" + apiHost, HTTP: &http.Client{Transport: p.people, Timeout: callTimeout}, Retry: client.Retry{Attempts: 8},
			Token: func(context.Context) (string, error) { return token, nil },
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Rain makes the share of calls meet faults, until it is switched off.
func (p *Plane) Rain(on bool) { p.rain.on.Store(on) }

// Documents reads a whole collection of the store, past all faults.
func (p *Plane) Documents(ctx context.Context, collection string) ([]store.Document, error) {
	return p.data.Open().Find(ctx, collection, store.Query{})
}

// Stop ends all processes in order; the last ones started end first.
func (p *Plane) Stop() error {
	p.Rain(false)
	p.Etcd.SetDown(false)
	p.rain.delayed.Wait()
	var failed error
	for i := len(p.replicas) - 1; i >= 0; i-- {
		r := p.replicas[i]
		if err := r.stop(); err != nil && failed == nil {
			failed = fmt.Errorf("%s: %w", r.name, err)
		}
	}
	p.people.CloseIdleConnections()
	return failed
}
