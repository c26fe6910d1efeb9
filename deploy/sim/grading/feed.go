package grading

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/push"
)

// Due implements push.Feed: the oldest unsent event of each part.
func (s *Server) Due() []push.Item {
	s.mu.Lock()
	defer s.mu.Unlock()
	var items []push.Item
	for id := range s.busy {
		doc, err := s.refresh(id)
		if err != nil {
			s.kit.Log.Error("session not kept", "error", err)
			continue
		}
		waits := false
		for i := range doc.Parts {
			p := &doc.Parts[i]
			last := p.lastRun()
			waits = waits || (last != nil && !last.done())
			event, slot, found := p.pending(id, s.timings)
			if !found {
				continue
			}
			waits = true
			items = append(items, push.Item{Event: event, Accepted: s.accept(id, p.ID, slot, p.Replay)})
		}
		if !waits {
			delete(s.busy, id)
		}
	}
	return items
}

func (s *Server) accept(id, part string, slot, replay int) func() error {
	return func() error {
		_, err := s.update(id, func(r *record, _ time.Time) error {
			// A replay asked for meanwhile starts at its beginning; a part
			// removed meanwhile has no more to send.
			if p := r.part(part); p != nil && p.Replay == replay && slot >= p.Sent {
				p.Sent = slot + 1
			}
			return nil
		})
		return err
	}
}
