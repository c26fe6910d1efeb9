package cml

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/go-chi/chi/v5"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/catalog"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/labs"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/system"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// Server is all simulated machines. It is safe for concurrent use.
type Server struct {
	kit     *kit.Kit
	cfg     Config
	catalog *catalog.Catalog
	pools   *system.Pools
	secret  []byte
	cert    *certificate
	router  http.Handler

	present atomic.Pointer[kept]

	mu       sync.Mutex // guards what follows, and replacing present
	machines map[string]*machine
	known    []string
}

const (
	secretDoc   = "token-secret"
	settingsDoc = "settings"
	machinesDoc = "machines"
)

// New returns a server with the state kept in the kit's folder.
func New(k *kit.Kit, cfg Config) (*Server, error) {
	if cfg.Username == "" || cfg.Password == "" {
		return nil, errors.New("cml simulator: username and password must be set")
	}
	s := &Server{kit: k, cfg: cfg, catalog: catalog.New(), machines: map[string]*machine{}}
	if err := s.load(); err != nil {
		return nil, fmt.Errorf("cml simulator: %w", err)
	}
	s.router = s.routes()
	return s, nil
}

func (s *Server) load() (err error) {
	if err := s.loadSettings(); err != nil {
		return err
	}
	if s.secret, err = loadSecret(s.kit.Disk); err != nil {
		return err
	}
	if s.pools, err = system.LoadPools(s.kit.Disk, s.cfg.Pools); err != nil {
		return err
	}
	if s.cert, err = loadCertificate(s.kit); err != nil {
		return err
	}
	_, err = s.kit.Disk.Load(machinesDoc, &s.known)
	return err
}

func (s *Server) loadSettings() error {
	initial := kept{Timings: s.cfg.Timings, Settings: DefaultSettings()}
	if s.cfg.Settings != nil {
		initial.Settings = s.cfg.Settings.clone() // the kept ones are merged into it
	}
	if _, err := s.kit.Disk.Load(settingsDoc, &initial); err != nil {
		return err
	}
	if err := initial.validate(); err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	s.present.Store(&initial)
	return nil
}

func loadSecret(disk *kit.Disk) ([]byte, error) {
	var secret []byte
	found, err := disk.Load(secretDoc, &secret)
	if err != nil || found {
		return secret, err
	}
	secret = make([]byte, 32)
	if _, err := rand.Read(secret); err != nil {
		return nil, fmt.Errorf("token secret: %w", err)
	}
	return secret, disk.Save(secretDoc, secret)
}

// Handler serves the interface of the machines and the control routes.
func (s *Server) Handler() http.Handler { return s.router }

func (s *Server) routes() http.Handler {
	r := chi.NewRouter()
	s.controls(r)
	s.kit.Faults.SetRender(renderFault)
	r.Route("/api/v0", func(r chi.Router) {
		// The operation of a fault rule is the address of the machine.
		r.Use(s.kit.Faults.Middleware(address), s.gate)
		r.NotFound(func(w http.ResponseWriter, r *http.Request) {
			wire.WriteError(w, r, wire.Errorf(http.StatusNotFound, "Not Found"))
		})
		r.MethodNotAllowed(func(w http.ResponseWriter, r *http.Request) {
			wire.WriteError(w, r, wire.Errorf(http.StatusMethodNotAllowed, "Method Not Allowed"))
		})
		system.PublicRoutes(r, openSystem)
		r.Group(func(r chi.Router) {
			r.Use(requireToken)
			system.Routes(r, openSystem)
			labs.Routes(r, openLabs)
		})
	})
	return r
}

// renderFault answers an injected fault as CML does.
func renderFault(w http.ResponseWriter, _ *http.Request, rule kit.Rule) {
	text := rule.Code
	if text == "" {
		text = "Injected fault"
	}
	kit.WriteJSON(w, rule.Status, wire.Error{Code: rule.Status, Description: text})
}
