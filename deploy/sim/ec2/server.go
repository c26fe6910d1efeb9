package ec2

import (
	"fmt"
	"net/http"
	"sync"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// Server is a simulated EC2 and CloudWatch of one account.
type Server struct {
	kit     *kit.Kit
	cfg     settings
	actions map[string]action
	handler http.Handler

	mu sync.Mutex
	st *state
}

// New returns a server with the state kept on the kit's disk.
func New(k *kit.Kit, cfg Config) (*Server, error) {
	full, err := cfg.settle()
	if err != nil {
		return nil, err
	}
	s := &Server{kit: k, cfg: full, st: newState(), actions: actions()}
	if _, err := k.Disk.Load(stateDoc, s.st); err != nil {
		return nil, fmt.Errorf("ec2 state: %w", err)
	}
	k.Faults.SetRender(s.renderFault)
	s.handler = s.routes()
	return s, nil
}

// Handler serves EC2, CloudWatch and the control routes under /_sim/.
func (s *Server) Handler() http.Handler { return s.handler }

// read runs fn on settled state.
func (s *Server) read(fn func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.settle() {
		if err := s.save(); err != nil {
			return err
		}
	}
	return fn()
}

// write runs fn on settled state and keeps what it changed before it returns.
// fn must change nothing when it fails.
func (s *Server) write(fn func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle()
	failed := fn()
	if err := s.save(); err != nil {
		return err
	}
	return failed
}

// save keeps the state. After a failure the answer is an internal error, which
// like EC2's own tells nothing of the effect.
func (s *Server) save() error {
	if err := s.kit.Disk.Save(stateDoc, s.st); err != nil {
		s.kit.Log.Error("ec2 state not kept", "error", err)
		return internal()
	}
	return nil
}
