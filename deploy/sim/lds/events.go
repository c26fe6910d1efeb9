package lds

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/internal/push"
)

// families is the number of event families; each happening has a slot for each.
const families = 2

// pending returns the oldest event that the sink has not accepted and its slot.
func (r *record) pending(t Timings, source string) (push.Event, int, bool) {
	for slot := r.Sent; slot < families*len(r.History); slot++ {
		h := r.History[slot/families]
		kind, data := "", map[string]any(nil)
		if slot%families == 0 {
			kind, data = r.lablet(h, t.LabletPrefix)
		} else {
			kind, data = r.platform(h, t.PlatformPrefix)
		}
		if kind != "" {
			return push.Event{
				ID: r.eventID(slot), Source: source, Type: kind, Subject: r.ID,
				Time: h.At, Data: data,
			}, slot, true
		}
	}
	return push.Event{}, 0, false
}

// lablet is the family io.lablet.lds.session.{running,paused,ended}.v1.
func (r *record) lablet(h happening, prefix string) (string, map[string]any) {
	if prefix == "" || h.Part != 0 {
		return "", nil
	}
	data := map[string]any{"aggregateId": r.ID, "sessionId": r.ID}
	word := ""
	switch {
	case h.Verb == running:
		word = "running"
	case h.Verb == paused:
		word, data["reason"] = "paused", h.Reason
	case h.Verb == userFinished, h.Verb == finalized && !r.finishedBefore(h.At):
		word, data["reason"], data["endedBy"] = "ended", h.Reason, h.By
	default:
		return "", nil
	}
	return prefix + ".session." + word + ".v1", data
}

// platform is the family com.cisco.certs.lds.{session,sessionpart}.<verb>.v1.
func (r *record) platform(h happening, prefix string) (string, map[string]any) {
	if prefix == "" {
		return "", nil
	}
	data := map[string]any{"ldssession_id": r.ID, "timestamp": h.At.Unix()}
	if status := h.status(); status != "" {
		data["state"] = status
	}
	if h.Part == 0 {
		return prefix + ".session." + h.Verb + ".v1", data
	}
	data["session_part"] = h.Part
	return prefix + ".sessionpart." + h.Verb + ".v1", data
}

func (r *record) finishedBefore(at time.Time) bool {
	for _, h := range r.History {
		if h.Part == 0 && h.Verb == userFinished && !h.At.After(at) {
			return true
		}
	}
	return false
}

// eventID is the same for each repeat of an event, over restarts too.
func (r *record) eventID(slot int) string {
	name := fmt.Sprintf("%s/%d/%d", r.ID, slot, r.Replay)
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte(name)).String()
}

// Due implements push.Feed: the oldest unsent event of each session.
func (s *Server) Due() []push.Item {
	s.mu.RLock()
	settings := s.timings
	list := make([]*session, 0, len(s.unsent))
	for _, kept := range s.unsent {
		list = append(list, kept)
	}
	s.mu.RUnlock()
	var items []push.Item
	for _, kept := range list {
		doc, err := s.refresh(kept, settings)
		if err != nil {
			s.log.Error("session not kept", "error", err)
			continue
		}
		event, slot, found := doc.pending(settings, s.cfg.EventSource)
		if found {
			items = append(items, push.Item{Event: event, Accepted: func() error {
				return s.accepted(kept, slot, doc.Replay)
			}})
		} else if doc.last(0) == finalized {
			s.settle(doc.ID)
		}
	}
	return items
}

func (s *Server) accepted(kept *session, slot, replay int) error {
	kept.mu.Lock()
	defer kept.mu.Unlock()
	doc := kept.doc
	if doc.Replay != replay || slot < doc.Sent {
		return nil // a replay was asked for meanwhile: it starts at its beginning
	}
	doc.Sent = slot + 1
	if err := s.disk.Save(doc.ID, doc); err != nil {
		return err
	}
	kept.doc = doc
	return nil
}

// settle stops looking at a session to which nothing more happens by itself.
func (s *Server) settle(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.unsent, id)
}

// replay makes all events of a session due again: with their ids, or as new ones.
func (s *Server) replay(id string, fresh bool) error {
	_, err := s.update(id, func(r *record, _ time.Time) error {
		r.Sent = 0
		if fresh {
			r.Replay++
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unsent[id] = s.sessions[id]
	return nil
}
