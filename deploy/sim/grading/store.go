package grading

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// docName turns an id that a client chose into a document name.
func docName(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:16])
}

// get returns a session as it is now.
func (s *Server) get(id string) (record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refresh(id)
}

// update brings a session up to date, lets edit change it and keeps the result
// before it is visible. An error of edit changes nothing.
func (s *Server) update(id string, edit func(r *record, now time.Time) error) (record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	doc, err := s.refresh(id)
	if err != nil {
		return record{}, err
	}
	doc = doc.clone()
	if err := edit(&doc, s.kit.Clock.Now()); err != nil {
		return record{}, err
	}
	return doc, s.put(doc)
}

// insert keeps a new session.
func (s *Server) insert(doc record) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, found := s.sessions[doc.ID]; found {
		return senseless("session %s exists already", doc.ID)
	}
	return s.put(doc)
}

// refresh keeps what happened by itself since the last look. The caller holds
// the lock.
func (s *Server) refresh(id string) (record, error) {
	kept, found := s.sessions[id]
	if !found {
		return record{}, missing("session %s does not exist", id)
	}
	doc := kept.clone()
	moved := false
	for i := range doc.Parts {
		moved = doc.Parts[i].advance(s.kit.Clock.Now(), s.kit.Clock.Rate(), s.timings, s.judge) || moved
	}
	if !moved {
		return kept, nil
	}
	return doc, s.put(doc)
}

func (s *Server) put(doc record) error {
	if err := s.sessionD.Save(docName(doc.ID), doc); err != nil {
		return err
	}
	s.sessions[doc.ID], s.busy[doc.ID] = doc, true
	return nil
}

// save keeps a settings document while the lock is held.
func save[T any](disk *kit.Disk, name string, value T, into *T) error {
	if err := disk.Save(name, value); err != nil {
		return err
	}
	*into = value
	return nil
}
