package relay

import (
	"sync"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/projection"
)

// settledLimit bounds the list; what does not fit leaves etcd at the next comparison.
const settledLimit = 20_000

type leaving struct {
	kind readmodel.Kind
	id   string
	due  time.Time
}

// settled remembers which aggregates may leave etcd, and when.
type settled struct {
	mu   sync.Mutex
	list []leaving
}

func (s *settled) add(kind readmodel.Kind, id string, changed time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.list) < settledLimit {
		s.list = append(s.list, leaving{kind: kind, id: id, due: changed.Add(projection.SettledFor)})
	}
}

// due takes out those whose time has come.
func (s *settled) due(now time.Time) []leaving {
	s.mu.Lock()
	defer s.mu.Unlock()
	var due []leaving
	rest := s.list[:0]
	for _, l := range s.list {
		if l.due.After(now) {
			rest = append(rest, l)
		} else {
			due = append(due, l)
		}
	}
	s.list = rest
	return due
}
