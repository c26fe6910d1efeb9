package lds

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/push"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/records"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

const keyDoc = "launch-key"

// Server is the simulator. Its methods may be called concurrently.
type Server struct {
	cfg    Config
	kit    *kit.Kit
	log    *slog.Logger
	disk   *kit.Disk // one document per session
	key    []byte    // signs the launch URLs
	pusher *push.Pusher
	routes http.Handler

	mu       sync.RWMutex
	timings  Timings
	sessions map[string]*session
	unsent   map[string]*session // may change by themselves or have events to send
	serial   int64
	folders  map[string]folder
}

// session guards one record. The record is replaced, never changed in place.
type session struct {
	mu  sync.Mutex
	doc record
}

// New returns the simulator with the state kept on the kit's disk.
func New(k *kit.Kit, cfg Config) (*Server, error) {
	if cfg.EventSource == "" {
		cfg.EventSource = "https://labs.lcm.io"
	}
	cfg.BaseURL = strings.TrimSuffix(cfg.BaseURL, "/")
	s := &Server{
		cfg: cfg, kit: k, log: k.Log,
		sessions: map[string]*session{}, unsent: map[string]*session{}, folders: map[string]folder{},
	}
	if err := s.load(); err != nil {
		return nil, err
	}
	sink, err := push.KeptSink(k.Disk, cfg.Sink)
	if err != nil {
		return nil, fmt.Errorf("lds: %w", err)
	}
	s.pusher = push.New(s, sink, cfg.Transport, k.Log)
	k.Faults.SetRender(renderFault)
	s.routes = s.router()
	return s, nil
}

// Handler serves the API of LDS, the launch page and the control routes.
func (s *Server) Handler() http.Handler { return s.routes }

// SetBaseURL changes the address that begins the launch URLs.
func (s *Server) SetBaseURL(url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cfg.BaseURL = strings.TrimSuffix(url, "/")
}

// SetSink changes the receiver of the events.
func (s *Server) SetSink(sink push.Sink) { s.pusher.SetSink(sink) }

// Run pushes events until ctx ends.
func (s *Server) Run(ctx context.Context) error { return s.pusher.Run(ctx) }

// Push sends the events that are due now and returns how many were accepted.
func (s *Server) Push(ctx context.Context) int { return s.pusher.Push(ctx) }

func (s *Server) load() error {
	var err error
	if s.timings, err = loadTimings(s.kit.Disk, s.cfg.Timings); err != nil {
		return err
	}
	if s.disk, err = s.kit.Disk.Sub("sessions"); err != nil {
		return fmt.Errorf("lds: %w", err)
	}
	docs, err := records.All[record](s.disk)
	if err != nil {
		return fmt.Errorf("lds: %w", err)
	}
	for _, doc := range docs {
		kept := &session{doc: doc}
		s.sessions[doc.ID], s.unsent[doc.ID] = kept, kept
		s.serial = max(s.serial, doc.Serial)
	}
	if _, err := s.kit.Disk.Load(foldersDoc, &s.folders); err != nil {
		return fmt.Errorf("lds: %w", err)
	}
	return s.loadKey()
}

func (s *Server) loadKey() error {
	found, err := s.kit.Disk.Load(keyDoc, &s.key)
	if err != nil {
		return fmt.Errorf("lds: %w", err)
	}
	if found {
		return nil
	}
	s.key = make([]byte, 32)
	if _, err := rand.Read(s.key); err != nil {
		return fmt.Errorf("lds: launch key: %w", err)
	}
	if err := s.kit.Disk.Save(keyDoc, s.key); err != nil {
		return fmt.Errorf("lds: %w", err)
	}
	return nil
}

func (s *Server) settings() Timings {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.timings
}
