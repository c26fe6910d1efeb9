package grading

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/push"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/records"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

const (
	outcomesDoc = "outcomes"
	tokensDoc   = "tokens"
)

// Server is the simulator. Its methods may be called concurrently.
type Server struct {
	cfg      Config
	kit      *kit.Kit
	sessionD *kit.Disk // one document per session
	toolkitD *kit.Disk // one document per part id
	pusher   *push.Pusher
	routes   http.Handler

	mu       sync.Mutex
	timings  Timings
	sessions map[string]record
	busy     map[string]bool // sessions that change by themselves or have events to send
	toolkits map[string]toolkitRecord
	outcomes []outcomeRule
	tokens   map[string]time.Time // hash of a token -> its end
}

// New returns the simulator with the state kept on the kit's disk.
func New(k *kit.Kit, cfg Config) (*Server, error) {
	s := &Server{
		cfg: cfg, kit: k, sessions: map[string]record{}, busy: map[string]bool{},
		toolkits: map[string]toolkitRecord{}, tokens: map[string]time.Time{},
	}
	if err := s.load(); err != nil {
		return nil, fmt.Errorf("grading: %w", err)
	}
	sink, err := push.KeptSink(k.Disk, cfg.Sink)
	if err != nil {
		return nil, fmt.Errorf("grading: %w", err)
	}
	s.pusher = push.New(s, sink, cfg.Transport, k.Log)
	k.Faults.SetRender(renderFault)
	s.routes = s.router()
	return s, nil
}

// Handler serves the API of the engine, its token route and the control routes.
func (s *Server) Handler() http.Handler { return s.routes }

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
	if s.sessionD, err = s.kit.Disk.Sub("sessions"); err != nil {
		return err
	}
	if s.toolkitD, err = s.kit.Disk.Sub("toolkits"); err != nil {
		return err
	}
	sessions, err := records.All[record](s.sessionD)
	if err != nil {
		return err
	}
	for _, r := range sessions {
		s.sessions[r.ID], s.busy[r.ID] = r, true
	}
	toolkits, err := records.All[toolkitRecord](s.toolkitD)
	if err != nil {
		return err
	}
	for _, t := range toolkits {
		s.toolkits[t.PartID] = t
	}
	if _, err := s.kit.Disk.Load(outcomesDoc, &s.outcomes); err != nil {
		return err
	}
	_, err = s.kit.Disk.Load(tokensDoc, &s.tokens)
	return err
}
