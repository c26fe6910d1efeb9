package sink

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	cloudevents "github.com/cloudevents/sdk-go/v2"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

const (
	pageSize = 16   // deliveries per document on disk: each arrival writes its page anew
	maxPages = 3125 // older deliveries are forgotten
)

// Delivery is one accepted event. A repeat is a delivery of its own.
type Delivery struct {
	Serial   int               `json:"serial"` // order of arrival, from 1
	Received time.Time         `json:"received_at"`
	Mode     string            `json:"mode"` // binary or structured
	Path     string            `json:"path"`
	Headers  map[string]string `json:"headers"` // those of webhooks, never credentials
	Event    cloudevents.Event `json:"event"`
	// Repeat is how many deliveries of the same source and id came before.
	Repeat int `json:"repeat"`
}

// Server is the simulator. Its methods may be called concurrently.
type Server struct {
	cfg    Config
	kit    *kit.Kit
	disk   *kit.Disk
	routes http.Handler

	mu         sync.RWMutex
	deliveries []Delivery
	seen       map[identity]int
	serial     int
}

// identity is what makes two deliveries the same event.
type identity struct{ source, id string }

// New returns the simulator with what it received before.
func New(k *kit.Kit, cfg Config) (*Server, error) {
	if cfg.AllowedRate == "" {
		cfg.AllowedRate = "*"
	}
	disk, err := k.Disk.Sub("deliveries")
	if err != nil {
		return nil, fmt.Errorf("sink: %w", err)
	}
	s := &Server{cfg: cfg, kit: k, disk: disk, seen: map[identity]int{}}
	if err := s.load(); err != nil {
		return nil, fmt.Errorf("sink: %w", err)
	}
	s.routes = s.router()
	return s, nil
}

// Handler serves deliveries on every path and the control routes.
func (s *Server) Handler() http.Handler { return s.routes }

// Deliveries returns what came so far in order of arrival; an empty subject or
// type matches all.
func (s *Server) Deliveries(subject, kind string) []Delivery {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := []Delivery{}
	for _, d := range s.deliveries {
		if (subject == "" || d.Event.Subject() == subject) && (kind == "" || kit.Glob(kind, d.Event.Type())) {
			out = append(out, d)
		}
	}
	return out
}

// Duplicates returns how many deliveries repeated an earlier source and id.
func (s *Server) Duplicates() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	repeats := 0
	for _, times := range s.seen {
		repeats += times - 1
	}
	return repeats
}

// keep stores a delivery before it counts as accepted.
func (s *Server) keep(d Delivery) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	who := identity{d.Event.Source(), d.Event.ID()}
	d.Serial, d.Repeat = s.serial+1, s.seen[who]
	next := append(s.deliveries, d) // readers copy under the lock: nobody sees the spare room
	if err := s.savePage(next, d.Serial); err != nil {
		return err
	}
	s.deliveries, s.serial = next, d.Serial
	s.seen[who]++
	s.forget()
	return nil
}

func (s *Server) clear() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.saveIndex(index{First: s.serial + 1, Last: s.serial}); err != nil {
		return err
	}
	s.deliveries, s.seen = nil, map[identity]int{}
	return nil
}
